import type { Meter } from '@opentelemetry/api'
import { type HealthMessage, MINUTE, omitUndefined, SECOND } from '../core/index.js'
import { type Attributes, errorTypeOf, operationNames } from './attributes.js'
import type { Listener } from './listen.js'

/** A listener that measures. */
export interface Metrics extends Listener {
  /** Ends the callbacks of its gauges. */
  readonly stop: () => void
}

// Of the conventions for HTTP.
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** What was measured this long ago says nothing about now: four measurements were missed. */
const STALE_AFTER_MS = MINUTE

const secondsOf = ({ durationMs = 0 }: { readonly durationMs?: number }): number => durationMs / SECOND

/** A value and what it is of. */
type Measured = readonly (readonly [value: number, of: Attributes])[]

interface Gauge {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly measure: (health: HealthMessage) => Measured
}

/** How long ago something began, in seconds; 0 if it did not. */
const ageOf = ({ at }: HealthMessage, since: number | undefined): number =>
  since === undefined ? 0 : Math.max(0, at - since) / SECOND

type Account = HealthMessage['accounts'][string]

const ofAccounts =
  (measure: (account: Account, health: HealthMessage) => number) =>
  (health: HealthMessage): Measured =>
    Object.entries(health.accounts).map(([account, known]) => [measure(known, health), { account }])

/** The accounts whose lists were compared with the ledger, with how the last comparison ended. */
const reconciliationsOf = ({ accounts }: HealthMessage) =>
  Object.entries(accounts).flatMap(([account, { reconciliation }]) =>
    reconciliation === undefined ? [] : [[account, reconciliation] as const],
  )

/** What is measured of the ledger. All processes that work on one ledger measure the same. */
const gauges: readonly Gauge[] = [
  {
    name: 'paymux.unresolved',
    unit: '{operation}',
    description: 'Operations that wait for `resolve`.',
    measure: ({ unresolvedOperations }) => [[unresolvedOperations, {}]],
  },
  {
    name: 'paymux.indeterminate.age',
    unit: 's',
    description: 'Since when the oldest operation is indeterminate. 0: none is.',
    measure: (health) => [[ageOf(health, health.oldestIndeterminateAt), {}]],
  },
  {
    name: 'paymux.read.backlog',
    unit: '{object}',
    description: 'Objects that are due to be read.',
    measure: ofAccounts(({ dueReads }) => dueReads),
  },
  {
    name: 'paymux.read.lag',
    unit: 's',
    description: 'Since when the first of them is due. 0: none is.',
    measure: ofAccounts(({ oldestDueAt }, health) => ageOf(health, oldestDueAt)),
  },
  {
    name: 'paymux.event.backlog',
    unit: '{event}',
    description: 'Events that some subscriber has not taken.',
    measure: ({ undeliveredEvents }) => [[undeliveredEvents, {}]],
  },
  {
    name: 'paymux.event.lag',
    unit: 's',
    description: 'How long ago the first of them was recorded. 0: none waits.',
    measure: (health) => [[ageOf(health, health.oldestUndeliveredAt), {}]],
  },
  {
    name: 'paymux.account.failing',
    unit: 's',
    description: 'Since when no read of the account has succeeded. 0: the last one did.',
    measure: ofAccounts(({ failingSince }, health) => ageOf(health, failingSince)),
  },
  {
    name: 'paymux.store.clock_offset',
    unit: 's',
    description: "How far this process's clock is ahead of the ledger's.",
    measure: ({ store: { clockOffsetMs } }) => (clockOffsetMs === undefined ? [] : [[clockOffsetMs / SECOND, {}]]),
  },
  {
    name: 'paymux.reconcile.age',
    unit: 's',
    description: 'How long ago everything that the gateway lists had been compared with the ledger.',
    measure: (health) =>
      reconciliationsOf(health).flatMap(([account, { comparedTo }]) =>
        comparedTo === undefined ? [] : [[ageOf(health, comparedTo), { account }] as const],
      ),
  },
  {
    name: 'paymux.reconcile.findings',
    unit: '{object}',
    description: 'What the last comparison of its lists found.',
    measure: (health) =>
      reconciliationsOf(health).flatMap(([account, { missingInLedger, staleInLedger }]) => [
        [missingInLedger, { account, finding: 'missing_in_ledger' }] as const,
        [staleInLedger, { account, finding: 'stale_in_ledger' }] as const,
      ]),
  },
]

const withoutAccount = ({ account }: { readonly account?: string }): Attributes => omitUndefined({ account })

/** What of a meter is used. */
type Instruments = Pick<Meter, 'createCounter' | 'createHistogram' | 'createObservableGauge'>

/** Counters, histograms and gauges of what paymux does. `now` in milliseconds, for ages. */
export const createMetrics = (meter: Instruments, now: () => number = () => performance.now()): Metrics => {
  const counter = (name: string, unit: string, description: string) => meter.createCounter(name, { unit, description })
  const histogram = (name: string, description: string) =>
    meter.createHistogram(name, { unit: 's', description, advice: { explicitBucketBoundaries: SECONDS } })
  const stops: (() => void)[] = []
  const gauge = ({ name, unit, description }: Omit<Gauge, 'measure'>, measure: () => Measured): void => {
    const made = meter.createObservableGauge(name, { unit, description })
    let before: readonly Attributes[] = []
    const callback: Parameters<typeof made.addCallback>[0] = (result) => {
      const measured = measure()
      // The SDK repeats the last value of what is not observed any more: that would be an old value as if it were new.
      const isKept = (of: Attributes): boolean => measured.some(([, other]) => sameOf(of, other))
      for (const of of before) if (!isKept(of)) result.observe(Number.NaN, { ...of })
      for (const [value, of] of measured) result.observe(value, { ...of })
      before = [...before.filter((of) => !isKept(of)), ...measured.map(([, of]) => of)]
    }
    made.addCallback(callback)
    stops.push(() => made.removeCallback(callback))
  }

  const operations = counter('paymux.operations', '{operation}', 'Calls of money methods, by how they ended.')
  const operationDuration = histogram('paymux.operation.duration', 'How long calls of money methods took.')
  const exchangeDuration = histogram('http.client.request.duration', 'How long requests to gateways took.')
  const transitions = counter('paymux.transitions', '{transition}', 'Recorded statuses that changed.')
  const notifications = counter('paymux.notifications', '{notification}', 'Requests to the webhook handler.')
  const deliveries = counter('paymux.event.deliveries', '{delivery}', 'Deliveries of events to subscribers.')
  const commitDuration = histogram('paymux.commit.duration', 'How long commits of the ledger took.')

  let health: { readonly at: number; readonly message: HealthMessage } | undefined
  for (const each of gauges)
    gauge(each, () => (health === undefined || now() - health.at >= STALE_AFTER_MS ? [] : each.measure(health.message)))
  gauge(
    { name: 'paymux.health.age', unit: 's', description: 'How long ago the background work last asked the ledger.' },
    () => (health === undefined ? [] : [[(now() - health.at) / SECOND, {}]]),
  )
  return {
    end: {
      operation: (trace) => {
        const of = { operation: operationNames[trace.operation], outcome: trace.outcome ?? 'unknown' }
        operations.add(1, { ...of, ...withoutAccount(trace) })
        operationDuration.record(secondsOf(trace), of)
      },
      exchange: (trace) => {
        const { hostname } = URL.canParse(trace.origin ?? '') ? new URL(trace.origin ?? '') : { hostname: undefined }
        exchangeDuration.record(
          secondsOf(trace),
          omitUndefined({
            'http.request.method': trace.method,
            'paymux.exchange': trace.exchange,
            'server.address': hostname,
            'http.response.status_code': trace.statusCode,
            'error.type': errorTypeOf(trace),
          }),
        )
      },
      notification: (trace) =>
        notifications.add(1, { decision: trace.decision ?? 'unavailable', ...withoutAccount(trace) }),
      delivery: ({ type, taken = false }) => deliveries.add(1, { type, result: taken ? 'taken' : 'failed' }),
      commit: (trace) => commitDuration.record(secondsOf(trace), { store: trace.store }),
    },
    moment: {
      transition: ({ kind, to, evidence, account }) => transitions.add(1, { kind, to, evidence, account }),
      // A ledger that does not answer is not measured: what was measured before grows old.
      health: (message) => {
        if (message.store.reachable) health = { at: now(), message }
      },
    },
    stop: () => {
      for (const stop of stops) stop()
    },
  }
}

const sameOf = (one: Attributes, other: Attributes): boolean => JSON.stringify(one) === JSON.stringify(other)
