import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { ended } from '../packaging/ended.js'

const repository = resolve(__dirname, '../..')
const node = process.execPath

let folder: string

const succeed = async (...command: Parameters<typeof ended>): Promise<string> => {
  const { code, stdout, output } = await ended(...command)
  if (code !== 0) throw new Error(output)
  return stdout
}

/** As npx runs it, without the second that npx takes to start. */
const paymux = (...argv: readonly string[]) => succeed(folder, join(folder, 'node_modules/.bin/paymux'), ...argv)

// Node has an SQLite of its own from 22.13 on.
const hasSqlite = process.getBuiltinModule('node:sqlite') !== undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paymux-command-'))
  await succeed(repository, node, '--import', 'tsx', 'scripts/build.ts')
  await succeed(repository, 'npm', 'pack', '--pack-destination', folder)
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  const tarball = join(folder, `paymux-${manifest.version}.tgz`)
  const peers = hasSqlite ? [] : [`libsql@${manifest.peerDependencies.libsql}`]
  await succeed(
    folder,
    'npm',
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    tarball,
    ...peers,
  )
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Waits for a text that a process prints. */
const prints = async (child: ChildProcess, text: string): Promise<void> => {
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      printed += chunk
    })
  const exited = once(child, 'exit').then(() => Promise.reject(new Error(printed)))
  while (!printed.includes(text))
    await Promise.race([once(child.stdout ?? child, 'data'), once(child.stderr ?? child, 'data'), exited])
  exited.catch(() => undefined)
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const stop = async (child: ChildProcess): Promise<void> => {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

describe('in a fresh folder', () => {
  it('init and emulators give a server that takes a payment on each gateway, and the command finds it', async () => {
    await succeed(
      folder,
      'npx',
      '--no-install',
      'paymux',
      'init',
      '--gateway',
      'payop',
      'ippopay',
      '--store',
      'sqlite',
      '--framework',
      'http',
      '--no-input',
    )
    const port = await freePort()
    await writeFile(join(folder, '.env'), `PORT=${port}\nPAYMUX_PUBLIC_URL=http://127.0.0.1:${port}/paymux\n`)
    const emulators = spawn(
      node,
      [join(folder, 'node_modules/paymux/dist/cli/paymux.js'), 'emulators', '--env', '.env'],
      { cwd: folder },
    )
    await prints(emulators, 'No money moves')
    const server = spawn(node, ['--env-file=.env', 'server.mjs'], { cwd: folder })
    await prints(server, 'listening on')
    try {
      for (const [reference, currency] of [
        ['ORD-1', 'EUR'],
        ['ORD-2', 'INR'],
      ] as const) {
        const payer = { name: 'Ann Buyer', email: 'ann.buyer@example.com', phone: '+919876543210' }
        const made = await fetch(`http://127.0.0.1:${port}/payments`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ reference, amount: { value: '490.00', currency }, payer }),
        })
        const { nextAction } = Object(await made.json())
        expect({ status: made.status, nextAction }).toEqual({
          status: 200,
          nextAction: { type: 'redirect', url: expect.any(String) },
        })
        const form = new URL(nextAction.url)
        if (currency === 'INR') form.pathname += '/outcome'
        const outcome = currency === 'INR' ? 'success' : 'pay'
        await fetch(form, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' })
        const read = JSON.parse(await paymux('status', reference, '--json'))
        expect(read).toMatchObject({ status: 'succeeded', amount: { value: '490.00', currency } })
        expect(JSON.parse(await paymux('find', reference, '--json'))).toMatchObject({
          objects: [
            { kind: 'payment', account: currency === 'INR' ? 'ippopay' : 'payop', merchantReference: reference },
          ],
        })
        expect(await paymux('show', reference)).toContain('succeeded')
        const story = await paymux('explain', reference)
        expect(story).toMatch(new RegExp(`^${reference} \\(490\\.00 ${currency}\\), on \\w+ \\(\\w+\\): paid\\.`))
        expect(story).toContain('From then on the payment was succeeded.')
      }
      expect(JSON.parse(await paymux('doctor', '--json'))).not.toContainEqual(
        expect.objectContaining({ state: 'finding' }),
      )
    } finally {
      await Promise.all([stop(server), stop(emulators)])
    }
  })

  it('leaves files alone that are there', async () => {
    const before = await readFile(join(folder, 'server.mjs'), 'utf8')
    const flags = ['--gateway', 'payop', '--store', 'sqlite', '--framework', 'hono']
    const { code, output } = await ended(folder, join(folder, 'node_modules/.bin/paymux'), 'init', ...flags)
    expect({ code, isSaid: output.includes('Give --yes') }).toEqual({ code: 2, isSaid: true })
    expect(await readFile(join(folder, 'server.mjs'), 'utf8')).toBe(before)
  })
})

describe('the bundle', () => {
  const cli = () => join(folder, 'node_modules/paymux/dist/cli')

  /** The entry, and what it imports before a command is called. */
  const startBytes = async (): Promise<number> => {
    const seen = new Set<string>()
    const add = async (file: string): Promise<void> => {
      if (seen.has(file)) return
      seen.add(file)
      const text = await readFile(join(cli(), file), 'utf8')
      for (const [, other = ''] of text.matchAll(/(?:from|import)\s?"\.\/([^"]+)"/g)) await add(other)
    }
    await add('paymux.js')
    const sizes = await Promise.all([...seen].map((file) => stat(join(cli(), file))))
    return sizes.reduce((sum, { size }) => sum + size, 0)
  }

  it('starts with less than 78 kB', async () => {
    expect(await startBytes()).toBeLessThan(78_000)
  })

  it('holds no second copy of the library', async () => {
    for (const file of await readdir(cli())) {
      const text = await readFile(join(cli(), file), 'utf8')
      expect(text).not.toContain('paymux_operations')
      expect(text).not.toContain('The gateway cannot take this')
    }
  })

  it('needs no package beside the dependencies of paymux', async () => {
    const files = await readdir(cli())
    const texts = await Promise.all(files.map((file) => readFile(join(cli(), file), 'utf8')))
    const statement = /(?:^|[;}\n])(?:import|export)[\w\s{},*$]*"([^"]+)"|import\("([^"]+)"\)/g
    const imported = texts.flatMap((text) =>
      [...text.matchAll(statement)].map(([, named, loaded]) => named ?? loaded ?? ''),
    )
    expect(imported).toContain('node:util')
    const known = ['libsodium-wrappers', ...Object.keys(manifest.dependencies)]
    expect(
      imported.filter(
        (name) => !name.startsWith('.') && !isBuiltin(name) && !known.some((one) => name.startsWith(one)),
      ),
    ).toEqual([])
  })
})

const shells: readonly (readonly [name: string, path: string, flags: readonly string[], script: string])[] = [
  [
    'bash',
    '/usr/bin/bash',
    ['--norc', '-c'],
    'source <(paymux completion bash); source <(paymux completion bash); complete -p paymux',
  ],
  [
    'zsh',
    '/usr/bin/zsh',
    ['-f', '-c'],
    'autoload -U compinit; compinit -u; source <(paymux completion zsh); source <(paymux completion zsh); echo $_comps[paymux] paymux',
  ],
  [
    'fish',
    '/usr/bin/fish',
    ['--no-config', '-c'],
    'paymux completion fish | source; paymux completion fish | source; complete -c paymux',
  ],
]

// Only bash is on every machine.
const installed = shells.filter(([, path]) => existsSync(path))

describe.each(installed)('completion in %s', (_, shell, flags, script) => {
  it('loads twice without an error', async () => {
    const path = `${join(folder, 'node_modules/.bin')}:${process.env.PATH}`
    const child = spawn(shell, [...flags, script], { cwd: folder, env: { PATH: path, HOME: folder } })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    await once(child, 'close')
    expect({ stderr, isThere: stdout.includes('paymux') }).toEqual({ stderr: '', isThere: true })
  })
})

it('completes commands, choices and the accounts of the configuration, and is silent without one', async () => {
  const complete = (...words: readonly string[]) => paymux('complete', '--', ...words)
  expect(await complete('ev')).toContain('events\t')
  expect(await complete('list', '--status', 'suc')).toMatch(/^succeeded/)
  expect(await complete('list', '--account', '')).toMatch(/^payop\t.*\nippopay\t/)
  const elsewhere = await ended(
    tmpdir(),
    node,
    join(folder, 'node_modules/paymux/dist/cli/paymux.js'),
    'complete',
    '--',
    'list',
    '--account',
    '',
  )
  expect({ code: elsewhere.code, output: elsewhere.output }).toEqual({ code: 0, output: ':4\n' })
})
