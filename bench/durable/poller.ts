import type { Ledger } from './ledgers.js'
import { startSubject, using } from './measured.js'
import type { Mark, Sweep } from './subjects/poller.js'

/** How a sweep over all open payments went. */
export interface Swept {
  readonly what: string
  readonly payments: number
  readonly perSecond: number
  /** Microseconds for each payment. */
  readonly cpu: number
  readonly commits: number
  readonly marks: readonly Mark[]
  /** 99th percentile of what a timer of a millisecond takes, in milliseconds. */
  readonly delay: number
  /** Payments that were read more than once. */
  readonly again: number
}

interface Sweeping {
  readonly wall: number
  readonly reads: number
  readonly marks: readonly Mark[]
  readonly delay: number
}

/** A ledger full of payments that are all due, swept once by one process. */
export const measureSweep = async (ledger: Ledger, payments: number, latency: number): Promise<Swept> => {
  const settings: Sweep = { place: ledger.place, payments, latency }
  const subject = await startSubject<object, object, Sweeping>('poller', settings, ['--expose-gc'])
  const { done, used } = await using(subject, () => subject.ask({}))
  subject.stop()
  const { wall, reads, marks, delay } = done
  return {
    what: `${ledger.name}, answers ${latency === 0 ? 'at once' : `after ${latency} ms`}`,
    payments,
    perSecond: (payments / wall) * 1000,
    cpu: used.cpu / payments,
    commits: used.commits / payments,
    marks,
    delay,
    again: reads - payments,
  }
}
