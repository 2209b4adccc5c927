import { readFile, writeFile } from 'node:fs/promises'
import { generated, pages } from './docs/pages.js'

/** Writes the generated blocks of the docs anew. Run in the root of the repository; a test fails while a page is stale. */
for (const page of pages) {
  await writeFile(page, await generated(await readFile(page, 'utf8')))
  console.log(page)
}
