import { compile } from './compile.js'
import { installExample } from './example.js'
import { succeed } from './packed.js'

it('vitest runs a shop against the emulators, and ends', async () => {
  const folder = await installExample('vitest')
  await compile(folder, 'node', 'shop.test.ts')
  expect(await succeed(folder, 'npm', 'test')).toContain('1 passed')
})
