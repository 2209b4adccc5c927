import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Ended, node } from '../packaging/ended.js'

const repository = resolve(__dirname, '../..')

export type Files = Readonly<Record<string, string>>

/** Writes files below a folder, by their paths from there. */
export const writeFiles = async (folder: string, files: Files): Promise<void> => {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

/** A folder of its own with these files, and the dependencies of the repository. */
export const folderWith = async (files: Files): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'fixture-'))
  await writeFiles(folder, files)
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction')
  return folder
}

const entry = (stem: string) => ({ import: `./dist/esm/${stem}.js`, require: `./dist/cjs/${stem}.js` })

/** What a package called `paymux` with the entry points `paymux` and `paymux/side` has beside its sources. */
export const packageFiles: Files = {
  'package.json': JSON.stringify({
    name: 'paymux',
    version: '0.0.0',
    type: 'module',
    exports: { '.': entry('index'), './side': entry('side/index'), './package.json': './package.json' },
  }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2022',
      lib: ['ES2022'],
      types: [],
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUnusedLocals: true,
      skipLibCheck: true,
      noEmit: true,
    },
  }),
  'tsconfig.esm.json': JSON.stringify({
    extends: './tsconfig.json',
    compilerOptions: { noEmit: false, declaration: true, rootDir: 'src', outDir: 'dist/esm' },
    include: ['src'],
  }),
}

/** Runs a script of the repository in a folder. */
export const runScript = (folder: string, script: string, ...args: readonly string[]): Promise<Ended> =>
  node(folder, '--import', 'tsx', join(repository, 'scripts', script), ...args)
