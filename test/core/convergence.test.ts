import {
  decideTransition,
  type Kind,
  REVERSAL_CONFIRMATION_MS,
  type StatusOf,
  type Transition,
} from '../../src/core/index.js'

/**
 * Reads reach the record in any order and any number of times: two workers, a poller beside a notification, a replica that
 * lags. Whatever arrived, one more read of what the gateway holds now has to end in the same status.
 *
 * Every history of up to five events that a gateway may emit is tried with every order of its events and any number of
 * repetitions. Sequences are not listed; the set of situations that they can lead to is followed until it grows no more.
 */

interface State<K extends Kind> {
  readonly reads: StatusOf<K>
  readonly next: readonly string[]
}
type Gateway<K extends Kind> = ReadonlyMap<string, State<K>>

// A failure, an expiry or a void may be followed by another attempt on the same link, which may run in silence.
const attempt = ['processing', 'authorized', 'expired', 'canceled', 'failed', 'succeeded', 'in unknown words']
const paymentGateway: Gateway<'payment'> = new Map([
  ['requires_action', { reads: 'requires_action', next: attempt }],
  ['processing', { reads: 'processing', next: attempt }],
  ['authorized', { reads: 'authorized', next: attempt }],
  ['expired', { reads: 'expired', next: attempt }],
  ['canceled', { reads: 'canceled', next: attempt }],
  ['failed', { reads: 'failed', next: attempt }],
  ['in unknown words', { reads: 'unknown', next: attempt }],
  ['succeeded', { reads: 'succeeded', next: ['taken back'] }],
  ['taken back', { reads: 'failed', next: ['given again'] }],
  ['given again', { reads: 'succeeded', next: [] }],
])

const transfer = ['processing', 'failed', 'succeeded', 'in unknown words']
const transferGateway: Gateway<'refund'> = new Map([
  ['processing', { reads: 'processing', next: transfer }],
  ['failed', { reads: 'failed', next: transfer }],
  ['in unknown words', { reads: 'unknown', next: transfer }],
  ['succeeded', { reads: 'succeeded', next: ['taken back'] }],
  ['taken back', { reads: 'failed', next: ['given again'] }],
  ['given again', { reads: 'succeeded', next: [] }],
])

type History = readonly string[]

/** All histories of one to five events. None begins with what only follows a success. */
const historiesOf = (gateway: Gateway<Kind>): readonly History[] => {
  const starts = [...gateway.keys()].filter((state) => state !== 'taken back' && state !== 'given again')
  const longer = (history: History) =>
    (gateway.get(history.at(-1) ?? '')?.next ?? []).map((state) => [...history, state])
  const byLength: (readonly History[])[] = [starts.map((state) => [state])]
  while (byLength.length < 5) byLength.push((byLength.at(-1) ?? []).flatMap(longer))
  return byLength.flat()
}

interface Case<K extends Kind> {
  readonly events: readonly StatusOf<K>[]
  readonly truth: StatusOf<K>
  readonly takenBack: boolean
}

/** Where events may repeat, histories with the same events and the same end are one case. An end in unknown words tells no truth. */
const casesOf = <K extends Kind>(gateway: Gateway<K>): readonly Case<K>[] => {
  const cases = new Map<string, Case<K>>()
  for (const history of historiesOf(gateway)) {
    const read = history.flatMap((state) => gateway.get(state)?.reads ?? [])
    const truth = read.at(-1) ?? 'unknown'
    const events = [...new Set(read)].sort()
    const takenBack = history.at(-1) === 'taken back'
    if (truth !== 'unknown') cases.set(JSON.stringify([events, truth, takenBack]), { events, truth, takenBack })
  }
  return [...cases.values()]
}

const recordedAfter = <K extends Kind>(recorded: StatusOf<K>, transition: Transition<K>): StatusOf<K> =>
  transition.action === 'advance' ? transition.to : recorded

interface Situation<K extends Kind> {
  readonly arrived: readonly StatusOf<K>[]
  readonly recorded: StatusOf<K>
}

/** Every status that can be recorded once each event arrived at least once, the reads lying any of `suspicions` apart. */
const reachable = <K extends Kind>(
  kind: K,
  start: StatusOf<K>,
  events: readonly StatusOf<K>[],
  suspicions: readonly number[],
): ReadonlySet<StatusOf<K>> => {
  const seen = new Map<string, Situation<K>>()
  const follow = (situation: Situation<K>): void => {
    const name = JSON.stringify(situation)
    if (seen.has(name)) return
    seen.set(name, situation)
    for (const event of events) {
      const arrived = [...new Set([...situation.arrived, event])].sort()
      for (const suspectedForMs of suspicions)
        follow({
          arrived,
          recorded: recordedAfter(
            situation.recorded,
            decideTransition(kind, situation.recorded, event, suspectedForMs),
          ),
        })
    }
  }
  follow({ arrived: [], recorded: start })
  const complete = [...seen.values()].filter(({ arrived }) => arrived.length === events.length)
  return new Set(complete.map(({ recorded }) => recorded))
}

const minutesApart = [0, REVERSAL_CONFIRMATION_MS]

const converges = <K extends Kind>(kind: K, gateway: Gateway<K>, start: StatusOf<K>, end: StatusOf<K>) => {
  const cases = casesOf(gateway)

  it('one more read ends where the gateway is, whatever was read before', () => {
    for (const { events, truth, takenBack } of cases) {
      if (takenBack) continue
      const ends = [...reachable(kind, start, events, minutesApart)].map((recorded) =>
        recordedAfter(recorded, decideTransition(kind, recorded, truth)),
      )
      expect({ events, ends: [...new Set(ends)] }).toEqual({ events, ends: [truth] })
    }
  })

  it(`a success that was taken back ends as ${end} after two more reads ten minutes apart`, () => {
    for (const { events, truth, takenBack } of cases) {
      if (!takenBack) continue
      const ends = [...reachable(kind, start, events, minutesApart)].map((recorded) => {
        const once = recordedAfter(recorded, decideTransition(kind, recorded, truth))
        return recordedAfter(once, decideTransition(kind, once, truth, REVERSAL_CONFIRMATION_MS))
      })
      expect({ events, ends: [...new Set(ends)] }).toEqual({ events, ends: [end] })
    }
  })

  it('a success is not undone by reads within ten minutes, whatever they say', () => {
    for (const { events } of cases) {
      const ends = [...reachable(kind, 'succeeded', events, [0, REVERSAL_CONFIRMATION_MS - 1])]
      expect({ events, ends }).toEqual({ events, ends: ['succeeded'] })
    }
  })
}

describe('a payment', () => converges('payment', paymentGateway, 'created', 'reversed'))
describe('a refund', () => converges('refund', transferGateway, 'processing', 'succeeded'))
describe('a payout', () => converges('payout', transferGateway, 'processing', 'returned'))

it('the histories are all there', () => {
  expect(historiesOf(paymentGateway).length).toBeGreaterThan(10_000)
  expect(historiesOf(paymentGateway)).toContainEqual([
    'requires_action',
    'failed',
    'processing',
    'expired',
    'succeeded',
  ])
  expect(historiesOf(paymentGateway)).toContainEqual(['processing', 'failed', 'succeeded', 'taken back', 'given again'])
  expect(casesOf(paymentGateway).filter(({ takenBack }) => takenBack).length).toBeGreaterThan(40)
})
