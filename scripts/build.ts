import { execFile } from 'node:child_process'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { build, type Plugin } from 'esbuild'

/**
 * Builds `dist` from `src`, each side with its own declarations: ES modules file by file, and CommonJS entry by entry, because
 * loading sixty small files costs more than running them. The command is one file that starts, and a file for each command that it
 * loads when it is called, with the packages that only it needs.
 */

const compile = (project: string) =>
  promisify(execFile)(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-p', project])

interface Manifest {
  readonly exports: Readonly<Record<string, { require?: string }>>
  readonly peerDependencies: Readonly<Record<string, string>>
}

const { exports, peerDependencies }: Manifest = JSON.parse(await readFile('package.json', 'utf8'))
const entries = Object.values(exports).flatMap(({ require }) => (require === undefined ? [] : [require]))
// No entries of their own, but bundled once: classes of core are compared by identity, several entries use the transport, and a
// store is loaded only if a configuration names it.
const shared = ['core', 'transport', 'ledger/stores/sqlite', 'ledger/stores/postgres'].map(
  (folder) => `./dist/cjs/${folder}/index.js`,
)
const bundles = [...shared, ...entries].map((file) => ({
  source: resolve(file.replace('dist/cjs', 'src').replace(/\.js$/, '.ts')),
  output: file,
}))

/** Leaves the entries of other bundles, and every package, to be loaded at run time. */
const importsBetween = (own: (typeof bundles)[number]): Plugin => ({
  name: 'imports between bundles',
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ path, resolveDir, kind }) => {
      if (kind === 'entry-point') return undefined
      if (!path.startsWith('.')) return { path, external: true }
      const target = resolve(resolveDir, path.replace(/\.js$/, '.ts'))
      const other = bundles.find(({ source }) => source === target)
      if (other === undefined) return undefined
      const way = relative(dirname(own.output), other.output)
      return { path: way.startsWith('.') ? way : `./${way}`, external: true }
    }),
})

/** The import of an optional peer. In `src` it stands in a try statement, which says to esbuild that the package may be missing. */
const optionalImport = new RegExp(
  `(?<!typeof )\\bimport\\(('(?:${Object.keys(peerDependencies).join('|')})[^']*')\\)`,
  'g',
)

/**
 * fp-ts and io-ts are CommonJS themselves. As ES namespaces they would be copied, name by name, in each file that imports them. An
 * optional peer is required where it was imported, for the try statement to be around it.
 */
const requirePackages: Plugin = {
  name: 'require packages',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8'))
        .replace(/^import \* as (\w+) from ('(?:fp-ts|io-ts)[^']*')/gm, 'import $1 = require($2)')
        .replace(optionalImport, '((loaded) => ({ ...loaded, default: loaded }))(require($1))'),
    })),
}

/**
 * Leaves optional peers out of a merchant's webpack bundle: they are loaded at run time. Turbopack takes them if they are there, so that
 * Next.js copies them with its server.
 */
const annotateOptionalImports = async (folder: string): Promise<void> => {
  for (const path of await readdir(folder, { recursive: true })) {
    if (!path.endsWith('.js')) continue
    const text = await readFile(join(folder, path), 'utf8')
    const comments = '/* webpackIgnore: true */ /* turbopackIgnore: false */ /* turbopackOptional: true */'
    const annotated = text.replace(optionalImport, `import(${comments} $1)`)
    if (annotated !== text) await writeFile(join(folder, path), annotated)
  }
}

const bundle = (own: (typeof bundles)[number]) =>
  build({
    entryPoints: [own.source],
    outfile: own.output,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // A merchant's jest runs CommonJS, where a real import() needs an experimental flag.
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
    plugins: [importsBetween(own), requirePackages],
  })

/** Where the modules of the library are that the command uses: the files that merchants import, and no second copy of them. */
const libraryOfCommand: Plugin = {
  name: 'library of the command',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, kind }) => {
      const target = relative('src', resolve(resolveDir, path))
      // The emulators are bundled with the server packages that they need: `npx paymux emulators` installs nothing.
      const isOwn = kind === 'entry-point' || target.startsWith('cli/') || target.startsWith('emulators/')
      return isOwn || resolveDir.includes('node_modules') ? undefined : { path: `../esm/${target}`, external: true }
    }),
}

/** The completion script of the package declares read-only globals: loaded twice, or beside another program that uses it, it fails. */
const withoutReadonly: Plugin = {
  name: 'without readonly',
  setup: ({ onLoad }) =>
    onLoad({ filter: /@bomb\.sh\/tab\/dist\/.*\.mjs$/ }, async ({ path }) => ({
      loader: 'js',
      contents: (await readFile(path, 'utf8')).replaceAll('readonly ShellCompDirective', 'ShellCompDirective'),
    })),
}

const bundleCommand = () =>
  build({
    entryPoints: ['src/cli/paymux.ts'],
    outdir: 'dist/cli',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['libsodium-wrappers'],
    // Packages in CommonJS ask for Node's modules by require.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    logLevel: 'warning',
    plugins: [libraryOfCommand, withoutReadonly],
  })

await rm('dist', { recursive: true, force: true })
try {
  await Promise.all([
    compile('tsconfig.esm.json'),
    compile('tsconfig.cjs.json'),
    ...bundles.map(bundle),
    bundleCommand(),
  ])
} catch (error) {
  console.error(Object(error).stdout || error)
  process.exit(1)
}
await annotateOptionalImports('dist/esm')
// Without it Node reads dist/cjs as ES modules, because the package says "type": "module".
await writeFile('dist/cjs/package.json', '{ "type": "commonjs" }\n')
