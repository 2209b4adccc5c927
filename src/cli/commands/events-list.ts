import { setTimeout as delay } from 'node:timers/promises'
import type { EventType, Paymux, queries } from '../../paymux/promises.js'
import { usageError } from '../exit.js'
import { time } from '../format.js'
import { type Invocation, type Run, withLedger } from '../open.js'
import type { Column } from '../output.js'
import { type PageOptions, pageQueryOf, pages } from '../pages.js'

interface EventOptions extends PageOptions {
  readonly subject?: string
  readonly type?: EventType
  readonly undelivered?: boolean
  readonly follow?: boolean
}

const delivery = ({ deliveredAt, nextDeliveryAt, redeliverAt }: queries.ListedEvent): string => {
  if (redeliverAt !== undefined) return `once more at ${time(redeliverAt)}`
  if (deliveredAt !== undefined) return `delivered ${time(deliveredAt)}`
  return nextDeliveryAt === undefined ? 'waits' : `waits until ${time(nextDeliveryAt)}`
}

const columns: readonly Column<queries.ListedEvent>[] = [
  { name: 'at', cell: ({ at }) => time(at) },
  { name: 'type', cell: ({ type }) => type },
  { name: 'subject', cell: ({ subject }) => subject },
  { name: 'n', cell: ({ sequence }) => sequence, align: 'right' },
  { name: 'tries', cell: ({ tries }) => tries, align: 'right' },
  { name: 'delivery', cell: delivery },
  { name: 'event', cell: ({ id }) => id },
]

const filterOf = ({ subject, type, undelivered }: EventOptions): queries.EventQuery => ({
  ...(subject === undefined ? {} : { subject }),
  ...(type === undefined ? {} : { type }),
  ...(undelivered === undefined ? {} : { undelivered }),
})

const EVERY_MS = 1000
/** A store may show what was recorded in this time later than what came after it. */
const OVERLAP_MS = 60_000

/** Prints each event as it is recorded, until the program is stopped. */
const follow = async ({ host, options, output }: Invocation<EventOptions>, ledger: Paymux): Promise<void> => {
  const { iterate } = await import('../../paymux/promises.js')
  const stop = new AbortController()
  const stopped = host.untilStopped().then(() => stop.abort())
  const rows = options.jsonl === true ? undefined : output.table(columns)
  const begun = Date.now()
  output.note('Waiting for events. SIGINT or SIGTERM ends it.')
  const seen = new Map<string, number>()
  while (!stop.signal.aborted) {
    const from = Math.max(begun, ...seen.values()) - OVERLAP_MS
    const query = { ...filterOf(options), from: Math.max(begun, from), order: 'oldest_first', limit: 1000 } as const
    for await (const event of iterate(ledger.listEvents, query)) {
      if (seen.has(event.id)) continue
      seen.set(event.id, event.at)
      if (rows === undefined) output.json(event)
      else rows([event])
    }
    for (const [id, at] of seen) if (at < from - OVERLAP_MS) seen.delete(id)
    await delay(EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined)
  }
  await stopped
}

/** `paymux events list`: the outbox, newest first. */
export const run: Run<EventOptions> = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { options } = invocation
    if (options.follow !== true)
      await pages(invocation, ledger.listEvents, { ...filterOf(options), ...pageQueryOf(options) }, columns)
    else if (options.json === true) throw usageError('--follow has no end: give --jsonl.')
    else await follow(invocation, ledger)
    return undefined
  })
