import { launch } from './launch.js'
import { type Call, type Cost, calls, type Slice } from './slices.js'
import { inTurn } from './statistics.js'

/** Each client in a process of its own, so that none spoils what the compiler has learnt from another's calls. */
const files = {
  paymux: new URL('./clients/paymux.ts', import.meta.url),
  axios: new URL('./clients/axios.ts', import.meta.url),
  'node:http': new URL('./clients/node-http.ts', import.meta.url),
  'node-ippopay': new URL('./clients/node-ippopay.ts', import.meta.url),
}

export type ClientName = keyof typeof files
const names = Object.keys(files) as readonly ClientName[]

/** One line of the table: what a call cost with one client, round by round. */
export interface Line {
  readonly client: ClientName
  readonly call: Call
  readonly costs: readonly Cost[]
}

/** How much is measured. */
export interface Extent {
  readonly rounds: number
  /** Calls in a slice. */
  readonly times: number
  readonly warmUp: number
}

interface RunningLine extends Line {
  readonly costs: Cost[]
  readonly slice: (times: number) => Promise<Cost>
}

const startClient = async (client: ClientName, origin: string) => {
  const flags = client === 'node-ippopay' ? ['--no-deprecation'] : []
  const { hello, ask, stop } = await launch<readonly Call[], Slice, Cost>(files[client], flags, [origin])
  const lines = hello.map((call): RunningLine => ({ client, call, costs: [], slice: (times) => ask({ call, times }) }))
  return { lines, stop }
}

/**
 * Runs every call with every client that has it against a server in its own process: warmed up, then slice by slice, in
 * another order each round.
 */
export const measureCalls = async ({ rounds, times, warmUp }: Extent): Promise<readonly Line[]> => {
  const server = await launch<string>(new URL('./server.ts', import.meta.url))
  const clients = await Promise.all(names.map((name) => startClient(name, server.hello)))
  const all = clients.flatMap((client) => client.lines)
  // What is compared stands side by side: the machine is not the same from one second to the next.
  const lines = calls.flatMap((call) => all.filter((line) => line.call === call))
  try {
    for (const { slice } of lines) await slice(warmUp)
    for (let round = 0; round < rounds; round++)
      for (const { costs, slice } of inTurn(lines, round)) costs.push(await slice(times))
    return lines
  } finally {
    for (const { stop } of [server, ...clients]) stop()
  }
}
