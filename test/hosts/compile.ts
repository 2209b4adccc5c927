import { resolve } from 'node:path'
import { succeed } from './packed.js'

const compiler = resolve(__dirname, '../../node_modules/@typescript/native/bin/tsc')
const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022']

/** Compiles files of an example against the packed package, with the types that it installs. */
export const compile = (folder: string, types: string, ...args: readonly string[]): Promise<string> =>
  succeed(folder, process.execPath, compiler, ...options, '--ignoreConfig', '--types', types, ...args)
