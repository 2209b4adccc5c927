import { build } from 'esbuild'

await build({
  entryPoints: ['server.ts'],
  outfile: 'shop.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  // CommonJS packages in an ES module have no require of their own.
  banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
})
