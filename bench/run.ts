import { loadavg } from 'node:os'
import { type Load, measureLoads } from './cold-require.js'
import { type ClientName, type Line, measureCalls } from './measure.js'
import { measureBundle, measurePackage } from './size.js'
import type { Call, Cost } from './slices.js'
import { median, ratioOf, type Spread } from './statistics.js'

/**
 * `npm run bench`: builds the library and prints what it costs beside what its users would have instead, as Markdown.
 * BENCH_WARM_UP, BENCH_ROUNDS, BENCH_CALLS and BENCH_LOADS say how much is measured. Timings are no tests: a target that is missed is
 * printed, and the exit code stays 0.
 */
const numberFrom = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise)

const print = (...lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`)
}

const printTable = (head: readonly string[], rows: readonly (readonly string[])[]): void => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  print('', line(head), line(head.map(() => '---')), ...rows.map(line), '')
}

const whole = (value: number): string => Math.round(value).toString()
const spread = ({ median, min, max }: Spread): string => `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`
const cpuOf = (costs: readonly Cost[]): readonly number[] => costs.map(({ cpu }) => cpu)
const wallOf = (costs: readonly Cost[]): readonly number[] => costs.map(({ wall }) => wall)

const action = (what: string, ratio: Spread, target: number): string =>
  `- ${ratio.median <= target ? 'PASS' : 'MISS'} ${what}: ${ratio.median.toFixed(2)}, at most ${target.toFixed(1)}`

const printCalls = (lines: readonly Line[]): void => {
  const costsOf = (call: Call, client: ClientName) =>
    lines.find((line) => line.call === call && line.client === client)?.costs ?? []
  const ratio = ({ call, costs }: Line, yardstick: ClientName): Spread =>
    ratioOf(cpuOf(costs), cpuOf(costsOf(call, yardstick)))
  printTable(
    ['call', 'client', 'CPU µs', 'wall µs', 'CPU : axios', 'CPU : node:http'],
    lines.map((line) => [
      line.call,
      line.client,
      whole(median(cpuOf(line.costs))),
      whole(median(wallOf(line.costs))),
      spread(ratio(line, 'axios')),
      spread(ratio(line, 'node:http')),
    ]),
  )
  const ours = lines.filter(({ client }) => client === 'paymux')
  print(...ours.map((line) => action(`${line.call}, against axios`, ratio(line, 'axios'), 1)))
  print(...ours.map((line) => action(`${line.call}, against node:http`, ratio(line, 'node:http'), 1.6)))
}

const printLoads = (loads: ReadonlyMap<Load, readonly Cost[]>): void => {
  const yardstick = loads.get('axios, fp-ts/lib/TaskEither.js and io-ts') ?? []
  const cpuRatio = (costs: readonly Cost[]) => ratioOf(cpuOf(costs), cpuOf(yardstick))
  printTable(
    ['loaded in a fresh process', 'CPU ms', 'wall ms', 'CPU : dependencies'],
    [...loads].map(([name, costs]) => [
      name,
      whole(median(cpuOf(costs))),
      whole(median(wallOf(costs))),
      spread(cpuRatio(costs)),
    ]),
  )
  const ours = "require('paymux/payop')"
  print(action(`${ours}, against its dependencies`, cpuRatio(loads.get(ours) ?? []), 1.3))
}

const printSizes = async (): Promise<void> => {
  const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1)
  const { size, unpackedSize, entryCount } = await measurePackage()
  const alone = await measureBundle('without')
  const together = await measureBundle('with')
  printTable(
    ['size', 'kB', 'gzipped kB'],
    [
      [`package, ${entryCount} files`, kilobytes(unpackedSize), kilobytes(size)],
      [
        '`paymux/payop` in one minified file, without its dependencies',
        kilobytes(alone.minified),
        kilobytes(alone.gzipped),
      ],
      ['the same with fp-ts, io-ts and axios', kilobytes(together.minified), kilobytes(together.gzipped)],
    ],
  )
}

const main = async (): Promise<void> => {
  await import('../scripts/build.js')
  const extent = {
    rounds: numberFrom('BENCH_ROUNDS', 25),
    times: numberFrom('BENCH_CALLS', 250),
    warmUp: numberFrom('BENCH_WARM_UP', 4000),
  }
  const loads = numberFrom('BENCH_LOADS', 25)
  print(
    `Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}. ${extent.rounds} rounds of ${extent.times} calls after ${extent.warmUp}, ${loads} fresh processes each.`,
    'Medians; ratios are taken within a round, with their least and greatest.',
  )
  printCalls(await measureCalls(extent))
  printLoads(await measureLoads(loads))
  await printSizes()
}

await main()
