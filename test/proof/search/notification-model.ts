import type { PaymentStatus } from '../../../src/core/index.js'
import { nothingAfterwards, type ObjectRecord, READ_SPACING_MS, type Write } from '../../../src/ledger/index.js'
import type { Model, Move } from './explore.js'
import {
  type NotificationState,
  type NotificationWorld,
  objectKey,
  type Reading,
  type Shelf,
  TICK_MS,
  TICKS,
} from './notification-world.js'

type Moves = readonly Move<NotificationState>[]

const nowOf = ({ tick }: NotificationState): number => tick * TICK_MS

const isDue = ({ object: { nextReadAt } }: Shelf, now: number): boolean =>
  nextReadAt !== undefined && nextReadAt <= now + READ_SPACING_MS

const isTerminal = (status: PaymentStatus): boolean => status === 'succeeded' || status === 'reversed'

/** Events that tell of a change of status; others call a person. */
const isChange = (type: string): boolean => !/\.(alert|review|disputed|on_abandoned_attempt)$/.test(type)

/** Commits what a read makes of the object, as the port `Store` has it: nothing where a guard does not hold. */
const commitObject = (
  shelf: Shelf,
  writes: readonly Write[],
  now: number,
  { rules }: NotificationWorld,
): Shelf | undefined => {
  const write = writes.find((other) => other.write === 'object')
  if (write?.write !== 'object') return undefined
  const { version, refreshRequests } = shelf.object
  if (rules.guardsVersion && write.version !== version) return undefined
  const due = write.object.nextReadAt
  const requested = rules.keepsRefreshRequests && refreshRequests > write.refreshRequestsSeen
  const nextReadAt = requested ? Math.min(due ?? Number.POSITIVE_INFINITY, now + READ_SPACING_MS) : due
  const { nextReadAt: _, ...object } = write.object as ObjectRecord<'payment'>
  const types = writes.flatMap((other) => (other.write === 'event' ? [other.event.type] : []))
  return {
    object: { ...object, refreshRequests, ...(nextReadAt === undefined ? {} : { nextReadAt }) },
    changes: types.filter(isChange),
    events: shelf.events + types.length,
  }
}

/** The rule that a commit breaks. */
const brokenBy = (before: Shelf, after: Shelf, writes: readonly Write[]): string | undefined => {
  const [from, to] = [before.object.status, after.object.status]
  if (isTerminal(from) && !isTerminal(to)) return `${from} was lowered to ${to}`
  if (after.changes.length !== (from === to ? 0 : 1))
    return `${from} to ${to} was told by ${after.changes.length} events`
  const sequences = writes.flatMap((write) => (write.write === 'event' ? [write.event.sequence] : []))
  const isContiguous = sequences.every((sequence, index) => sequence === before.events + index + 1)
  return isContiguous && after.object.events === after.events ? undefined : 'the numbers of the events have a gap'
}

const record = (
  state: NotificationState,
  world: NotificationWorld,
  { recorded, saw = 0 }: Reading,
): NotificationState => {
  const status = world.history[saw]
  const read = status === undefined ? undefined : world.reads[status]
  if (read === undefined) return state
  const known = { now: nowOf(state), afterwards: nothingAfterwards }
  const { writes } = world.rules.observe(objectKey, recorded, read, read.content, known)
  const shelf = commitObject(state, writes, known.now, world)
  if (shelf === undefined) return state
  const wrong = brokenBy(state, shelf, writes)
  return { ...state, ...shelf, readAt: saw, ...(wrong === undefined ? {} : { wrong }) }
}

const worker = (state: NotificationState, world: NotificationWorld, index: number): Moves => {
  const reading = state.readings[index]
  const as = (next: Reading | undefined): NotificationState => ({
    ...state,
    readings: state.readings.map((other, at) => (at === index ? next : other)),
  })
  if (reading === undefined)
    return isDue(state, nowOf(state))
      ? [{ what: `worker ${index + 1} begins to read`, to: as({ recorded: state.object }), fault: false }]
      : []
  if (reading.saw === undefined) {
    const what = `worker ${index + 1} reads ${world.history[state.place]}`
    return [{ what, to: as({ ...reading, saw: state.place }), fault: false }]
  }
  const to = record(as(undefined), world, reading)
  const isRecorded = to.object !== state.object
  return [{ what: `worker ${index + 1} ${isRecorded ? 'records' : 'may not record'} what it read`, to, fault: false }]
}

/** A notification requests a refresh. What it claims is only kept. */
const requestsRefresh = (
  state: NotificationState,
  { rules, history }: NotificationWorld,
  place: number,
): NotificationState => {
  const claim = history[place] ?? ''
  const isHidden = !rules.refreshesOnDuplicates && state.inbox.includes(claim)
  const { object } = state
  const nextReadAt = Math.min(object.nextReadAt ?? Number.POSITIVE_INFINITY, nowOf(state))
  return {
    ...state,
    // Only a rule that asks what was seen depends on it.
    inbox: rules.refreshesOnDuplicates ? [] : [...new Set([...state.inbox, claim])],
    refreshRequestedAt: state.place,
    object: isHidden ? object : { ...object, refreshRequests: object.refreshRequests + 1, nextReadAt },
  }
}

const deliveries = (state: NotificationState, world: NotificationWorld): Moves =>
  state.copies.flatMap((copies, place): Moves => {
    if (copies === 0) return []
    const rest = { ...state, copies: state.copies.map((other, at) => (at === place ? other - 1 : other)) }
    const claim = world.history[place]
    return [
      { what: `a notification of ${claim} arrives`, to: requestsRefresh(rest, world, place), fault: false },
      { what: `a notification of ${claim} is lost`, to: rest, fault: true },
    ]
  })

const goesOn = (state: NotificationState, { history }: NotificationWorld): Moves => {
  const place = state.place + 1
  if (place >= history.length) return []
  const copies = state.copies.map((other, at) => (at === place ? 2 : other))
  return [{ what: `the gateway's payment becomes ${history[place]}`, to: { ...state, place, copies }, fault: false }]
}

const isQuiet = (state: NotificationState, { history }: NotificationWorld): boolean =>
  state.place === history.length - 1 &&
  state.copies.every((copies) => copies === 0) &&
  state.readings.every((reading) => reading === undefined)

/** A read at the end, and where a success is contradicted, the read that confirms it. */
const polls = (state: NotificationState, world: NotificationWorld): Moves => {
  if (state.polled || !isQuiet(state, world) || isDue(state, nowOf(state))) return []
  const once = (before: NotificationState): NotificationState => {
    const later = { ...before, tick: before.tick + 3 }
    return record(later, world, { recorded: later.object, saw: later.place })
  }
  const first = once(state)
  const last = first.object.suspectedSince === undefined ? first : once(first)
  return [{ what: 'one safety poll', to: { ...last, polled: true }, fault: false }]
}

/** What is right at rest. The gateway says it last, and money that was seen to arrive goes back only by a reversal. */
const mayRest = (state: NotificationState, { history }: NotificationWorld): readonly PaymentStatus[] => {
  const truth = history[history.length - 1] ?? 'unknown'
  if (truth === 'succeeded') return ['succeeded']
  // Whoever has recorded a success keeps what was captured.
  if (state.object.captured === undefined) return [truth]
  return truth === 'failed' ? ['reversed'] : ['succeeded', 'reversed']
}

const broken = (state: NotificationState, world: NotificationWorld): string | undefined => {
  if (state.wrong !== undefined) return state.wrong
  const isIdle = state.readings.every((reading) => reading === undefined)
  if (isIdle && !isDue(state, nowOf(state)) && state.readAt < state.refreshRequestedAt)
    return 'a refresh was requested, and no read follows it'
  if (!state.polled) return undefined
  const { status } = state.object
  const truth = world.history[world.history.length - 1]
  return mayRest(state, world).includes(status) ? undefined : `rests at ${status}, where the gateway says ${truth}`
}

/** Versions, numbers of events and refresh requests count only by whether they are what a reading began with. */
const keyOf = (state: NotificationState): string => {
  const { object, readings } = state
  const { status, suspectedSince, nextReadAt, captured, flags } = object
  const reading = (of: Reading | undefined): string => {
    if (of === undefined) return ''
    const isOld = of.recorded.version !== object.version
    const before = of.recorded
    const began = isOld ? `old${before.status}${before.suspectedSince}${before.events === object.events}` : ''
    return `r${of.saw}${began}${before.refreshRequests < object.refreshRequests}`
  }
  return [
    `${state.tick}${state.place}${state.refreshRequestedAt}${state.readAt}${state.polled}${state.copies.join('')}`,
    `${status}${suspectedSince}${nextReadAt}${captured !== undefined}${flags.join()}`,
    readings.map(reading).sort().join('|'),
    state.inbox.join(),
    state.wrong,
  ].join(';')
}

const startOf = (world: NotificationWorld): NotificationState => {
  const [first = 'unknown'] = world.history
  const read = world.reads[first]
  if (read === undefined) throw new RangeError('a history without evidence')
  const { object, writes } = world.rules.observe(objectKey, undefined, read, read.content, {
    now: 0,
    afterwards: nothingAfterwards,
  })
  const events = writes.filter(({ write }) => write === 'event').length
  return {
    object: { ...object, kind: 'payment' },
    changes: [],
    events,
    tick: 0,
    place: 0,
    copies: world.history.map(() => 0),
    readings: [undefined, undefined],
    refreshRequestedAt: 0,
    readAt: 0,
    inbox: [],
    polled: false,
  }
}

/** The world as a graph to search. */
export const notificationModel = (world: NotificationWorld): Model<NotificationState> => ({
  start: startOf(world),
  moves: (state) =>
    state.polled
      ? []
      : [
          ...goesOn(state, world),
          ...deliveries(state, world),
          ...state.readings.flatMap((_, index) => worker(state, world, index)),
          ...(state.tick < TICKS
            ? [{ what: 'ten minutes pass', to: { ...state, tick: state.tick + 1 }, fault: false }]
            : []),
          ...polls(state, world),
        ],
  keyOf,
  wrong: (state) => broken(state, world),
  atRest: ({ polled }) => polled,
})
