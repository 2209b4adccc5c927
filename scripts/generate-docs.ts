import { readFile, writeFile } from 'node:fs/promises'
import { generated, pages } from './docs/pages.js'
import { schemaText } from './schema/configuration-schema.js'

/** Writes the generated blocks of the docs and the JSON Schema anew. Run in the root of the repository; a test fails while one is stale. */
for (const page of pages) {
  await writeFile(page, await generated(await readFile(page, 'utf8')))
  console.log(page)
}
await writeFile('paymux.schema.json', schemaText())
console.log('paymux.schema.json')
