import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const folder = 'examples/hosts'

const languages: Readonly<Record<string, string>> = { '.ts': 'ts', '.tsx': 'tsx', '.mjs': 'js', '.json': 'json' }

/** The files of the examples of hosts, each as a block of code under its path. `npm run test:hosts` compiles and runs them. */
export const hostExamples = (): readonly (readonly [string, string])[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const language = languages[extname(name)]
    const path = join(folder, name)
    return language === undefined ? [] : [[path, `\`\`\`${language}\n${readFileSync(path, 'utf8')}\`\`\``] as const]
  })
