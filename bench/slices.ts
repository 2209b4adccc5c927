/** The calls that are compared, by what the table says. */
export const calls = [
  'Payop createPayment',
  'Payop getStatus, invoice',
  'Payop getStatus, invoice, transaction and chargeback',
  'IppoPay createPayment',
  'IppoPay getStatus, order and transaction',
] as const

export type Call = (typeof calls)[number]

/** What a client can do of that. */
export type Calls = Readonly<Partial<Record<Call, () => Promise<unknown>>>>

/** One call, made so many times in a row. */
export interface Slice {
  readonly call: Call
  readonly times: number
}

/** What a call took in a slice, in microseconds: of the processor's time, user and system, all threads; and by the clock. */
export interface Cost {
  readonly cpu: number
  readonly wall: number
}

const repeat = async (call: () => Promise<unknown>, times: number): Promise<void> => {
  for (let n = 0; n < times; n++) await call()
}

const measured = async (call: () => Promise<unknown>, times: number): Promise<Cost> => {
  const usage = process.cpuUsage()
  const began = performance.now()
  await repeat(call, times)
  const wall = (performance.now() - began) * 1000
  const { user, system } = process.cpuUsage(usage)
  return { cpu: (user + system) / times, wall: wall / times }
}

// A socket may have been closed since the last slice.
const RECONNECTING_CALLS = 3

/** The whole of a client's process: makes calls in slices as its parent says, and tells what they took. */
export const serveSlices = (able: Calls): void => {
  process.on('message', async ({ call, times }: Slice) => {
    const run = able[call]
    if (run === undefined) throw new Error(`this client has no ${call}`)
    await repeat(run, RECONNECTING_CALLS)
    process.send?.(await measured(run, times))
  })
  process.once('disconnect', () => process.exit())
  process.send?.(Object.keys(able))
}
