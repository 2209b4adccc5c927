import * as E from 'fp-ts/lib/Either.js'
import { type Kind, operationOf, type PaymentError, type Reference } from '../../../core/index.js'
import {
  type AttemptRecord,
  ENTRIES_OF_OBJECT,
  LONGEST_PAGE,
  type ObjectRecord,
  type OperationView,
  type Position,
  type Store,
  subjectOf,
} from '../../../ledger/index.js'
import type { Context } from '../../context.js'
import { type CollectQuery, collect, type FindQuery } from '../find.js'
import { type ListedEvent, listedEvent } from '../pages.js'
import type { Facts, Story } from './story.js'
import { storyOf } from './story-of.js'

/** What is explained: what `find` finds, or what a reference points at. */
export type ExplainQuery = FindQuery | Reference<Kind>

/** For whom a story is written. */
export interface ExplainOptions {
  /** The IANA time zone of the times in its texts: `Europe/Berlin`. Default: `UTC`. */
  readonly timeZone?: string
}

type Read<A> = Promise<E.Either<PaymentError, A>>

/** What a story is about: an object with the operation that made it, or an operation that has none. */
type About = Pick<Facts, 'object' | 'view'>

/** Every event about a subject. */
const eventsAbout = async (subject: string, { listEvents }: Store): Read<readonly ListedEvent[]> => {
  const events: ListedEvent[] = []
  let after: Position | undefined
  do {
    const page = { order: 'oldest_first', limit: LONGEST_PAGE, ...(after === undefined ? {} : { after }) } as const
    const listed = await listEvents({ filter: { subject }, page })()
    if (E.isLeft(listed)) return listed
    events.push(...listed.right.items.map(listedEvent))
    after = listed.right.next
  } while (after !== undefined)
  return E.right(events)
}

/** Whether an attempt is part of the story. What an abandoned attempt made has a story of its own. */
const isPartOf =
  ({ object }: About) =>
  ({ account, state }: AttemptRecord): boolean =>
    object?.abandoned !== true || (state === 'abandoned' && account === object.account)

/** What the ledger has beside the records: the log, the events and the notifications. */
const factsOf = async (about: About, all: readonly About[], store: Store): Read<Facts> => {
  const { object, view } = about
  const log = view === undefined ? E.right([]) : await store.log(view.operation.id)()
  if (E.isLeft(log)) return log
  const parts = view?.attempts.filter(isPartOf(about)).map(({ n }) => n) ?? []
  const subjects = [
    ...(object === undefined ? [] : [subjectOf(object)]),
    ...(view === undefined || object?.abandoned === true ? [] : [`operation:${view.operation.id}`]),
  ]
  const events: ListedEvent[] = []
  for (const subject of subjects) {
    const found = await eventsAbout(subject, store)
    if (E.isLeft(found)) return found
    events.push(...found.right)
  }
  const notifications = object === undefined ? E.right([]) : await store.notificationsAbout(object, ENTRIES_OF_OBJECT)()
  if (E.isLeft(notifications)) return notifications
  return E.right({
    ...about,
    log: log.right.filter(({ n, what }) => what === 'claimed' || parts.includes(n)),
    events,
    notifications: notifications.right,
    related: refundsOf(object, all),
  })
}

/** Whether something is a refund of a payment. */
const isRefundOf =
  ({ account, id }: ObjectRecord) =>
  ({ object, view }: About): boolean => {
    const reservation = object?.reservation ?? view?.operation.reservation
    return reservation?.account === account && reservation.id === id
  }

const refundsOf = (payment: ObjectRecord | undefined, all: readonly About[]): readonly About[] =>
  payment?.kind === 'payment' ? all.filter(isRefundOf(payment)) : []

const calledAt = ({ object, view }: About): number => view?.operation.createdAt ?? object?.createdAt ?? 0

/** What there is a story of, in the order of the calls. An operation that has an object is told with it. */
const aboutEach = (objects: readonly ObjectRecord[], operations: readonly OperationView[]): readonly About[] => {
  const byId = new Map(operations.map((view) => [view.operation.id, view]))
  const withObject = objects.map((object): About => {
    const view = byId.get(object.origin?.operationId ?? '')
    return { object, ...(view === undefined ? {} : { view }) }
  })
  const withoutObject = operations
    .filter(({ operation: { object } }) => object === undefined)
    .map((view): About => ({ view }))
  return [...withObject, ...withoutObject].sort((a, b) => calledAt(a) - calledAt(b))
}

/** What a reference points at. A key names its operation, whatever the account. */
const namedBy = (reference: Reference<Kind>): CollectQuery =>
  'id' in reference
    ? { account: reference.account, id: reference.id, kind: reference.kind }
    : { operation: operationOf[reference.kind], idempotencyKey: reference.idempotencyKey }

const gatewayOf =
  ({ adapter }: Pick<Context, 'adapter'>) =>
  (account: string): string | undefined =>
    adapter(account)?.gateway ?? adapter(account)?.capabilities.adapter

/**
 * The stories of what a query names, and of all that belongs to it, as `find` gives it, in the order of the calls: of each payment,
 * refund and payout, and of each operation that made none. It asks the ledger and no gateway.
 */
export const explain = async (
  query: ExplainQuery,
  { timeZone = 'UTC' }: ExplainOptions,
  { store, adapter }: Pick<Context, 'store' | 'adapter'>,
): Read<readonly Story[]> => {
  const collected = await collect('kind' in query ? namedBy(query) : query, store)
  if (E.isLeft(collected)) return collected
  const { objects, operations } = collected.right
  const all = aboutEach(objects, operations)
  const stories: Story[] = []
  for (const about of all) {
    const facts = await factsOf(about, all, store)
    if (E.isLeft(facts)) return facts
    const story = storyOf(facts.right, { timeZone, gateway: gatewayOf({ adapter }) })
    if (story !== undefined) stories.push(story)
  }
  return E.right(stories)
}
