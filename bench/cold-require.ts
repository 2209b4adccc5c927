import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { root } from './launch.js'
import type { Cost } from './slices.js'
import { inTurn } from './statistics.js'

/** What is loaded in a fresh process. */
export const loads = {
  "require('paymux/payop')": ['paymux/payop'],
  "require('paymux')": ['paymux'],
  'axios, fp-ts/lib/TaskEither.js and io-ts': ['axios', 'fp-ts/lib/TaskEither.js', 'io-ts'],
} as const

export type Load = keyof typeof loads
const names = Object.keys(loads) as readonly Load[]

/** Milliseconds from before the first `require` to after the last; Node's own start is not in it. */
const script = (modules: readonly string[]): string => `
  const usage = process.cpuUsage(), began = performance.now()
  ${modules.map((name) => `require('${name}')`).join('\n')}
  const wall = performance.now() - began, { user, system } = process.cpuUsage(usage)
  console.log(JSON.stringify({ cpu: (user + system) / 1000, wall }))`

const load = async (name: Load): Promise<Cost> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script(loads[name])], { cwd: root })
  return JSON.parse(stdout)
}

/** Loads each in a fresh process, over and over and in turn. In milliseconds. */
export const measureLoads = async (rounds: number): Promise<ReadonlyMap<Load, readonly Cost[]>> => {
  const costs = new Map(names.map((name) => [name, [] as Cost[]]))
  // The first time, files come from the disk.
  for (const name of names) await load(name)
  for (let round = 0; round < rounds; round++)
    for (const name of inTurn(names, round)) costs.get(name)?.push(await load(name))
  return costs
}
