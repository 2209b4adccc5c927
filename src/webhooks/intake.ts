import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Adapter, omitUndefined, type PaymentError } from '../core/index.js'
import {
  type AttemptRecord,
  type NotificationQuota,
  type ObjectKey,
  type ObjectRecord,
  objectKeyOf,
  type Store,
} from '../ledger/index.js'
import { type Addressed, addressed, type Client, isUnlistedSource } from './admission.js'
import type { Decision } from './answer.js'
import { countRejected, keepEntry } from './keep.js'
import { entryOf, type ParsedNotification, parseNotification } from './parse-notification.js'
import { type BodyLimits, readBody } from './read-body.js'
import type { CheckedSettings } from './settings.js'
import type { Slots } from './slots.js'

/** What taking a notification in needs. */
export interface Intake {
  /** The ledger. */
  readonly store: Pick<Store, 'commit' | 'object' | 'operation' | 'attemptByToken' | 'inboxBefore' | 'fingerprint'>
  /** The adapter of an account, if the configuration has it. */
  readonly adapters: (account: string) => Adapter | undefined
  /** How notifications are taken in. */
  readonly settings: CheckedSettings
  /** What a body may cost. */
  readonly limits: BodyLimits
  /** What one account may get in an hour that matches nothing. */
  readonly quota: NotificationQuota
  /** How many are taken in at once. */
  readonly slots: Slots
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

type Step<A> = TE.TaskEither<Decision, A>

/** What the ledger gives, or the decision for a ledger that did not answer. */
const fromStore = <A>(account: string, task: TE.TaskEither<PaymentError, A>): Step<A> =>
  pipe(
    task,
    TE.mapError(() => ({ reason: 'store', account })),
  )

/** The object that the address of an attempt belongs to: the one that it executed, or the one that its draft created. */
const ownObject = ({ store }: Intake, attempt: AttemptRecord): TE.TaskEither<PaymentError, ObjectKey | undefined> => {
  const drafted = attempt.reference && objectKeyOf(attempt.reference)
  if (attempt.state !== 'executed') return TE.right(drafted)
  return pipe(
    store.operation(attempt.operationId),
    TE.map((view) => view?.operation.object ?? drafted),
  )
}

const readNotification = (
  intake: Intake,
  { account, adapter, attempt }: Addressed,
  request: Request,
): Step<ParsedNotification> => {
  const { pathname, search } = new URL(request.url)
  const { method, headers } = request
  const raw = { method, url: `${pathname}${search}`, headers: Object.fromEntries(headers) }
  return pipe(
    TE.Do,
    TE.bind('bytes', () =>
      pipe(
        readBody(request, intake.limits),
        TE.mapError((reason): Decision => ({ reason, account })),
      ),
    ),
    TE.bind('own', () => fromStore(account, attempt ? ownObject(intake, attempt) : TE.right(undefined))),
    TE.map(({ bytes, own }) => parseNotification(adapter, raw, bytes, own, intake.store)),
  )
}

const recorded = (intake: Intake, account: string, { object }: ParsedNotification): Step<ObjectRecord | undefined> =>
  fromStore(account, object === undefined ? TE.right(undefined) : intake.store.object(object))

/** Stores a notification and requests the refresh and poll that it asks for. */
const keep = (
  intake: Intake,
  { account, attempt }: Addressed,
  notification: ParsedNotification,
  isUnlisted: boolean,
): Step<Decision> =>
  pipe(
    recorded(intake, account, notification),
    TE.map((object) => entryOf({ account, attempt, isUnlisted }, notification, object, intake.now())),
    TE.flatMap((entry) => () => keepEntry(intake.store, entry, intake.quota)),
  )

/**
 * Rejects a notification from an unlisted source. It is read all the same: a sender that knows the token and an object of the
 * ledger is probably the gateway, and the list is out of date.
 */
const reject = (intake: Intake, { account }: Addressed, notification: Step<ParsedNotification>): Step<Decision> =>
  pipe(
    notification,
    TE.flatMap((read) =>
      pipe(
        recorded(intake, account, read),
        TE.map((known) => (known === undefined ? undefined : read.object)),
      ),
    ),
    TE.orElse(() => TE.right<Decision, ObjectKey | undefined>(undefined)),
    // If it cannot be counted, it is rejected all the same.
    TE.tapTask(() => intake.store.commit([countRejected(account)])),
    TE.map(
      (rejectedKnownObject): Decision => ({ reason: 'source', account, ...omitUndefined({ rejectedKnownObject }) }),
    ),
  )

/**
 * Admits a notification and stores it. It changes no state: what it points at is read back later. An account has slots of its
 * own, and those of its unlisted sources are others than those of its listed ones: half-sent bodies of other senders do not fill them.
 */
export const takeIn = (intake: Intake, request: Request, client: Client): Step<Decision> =>
  pipe(
    addressed(request, intake.settings.secret, intake.adapters, intake.store),
    TE.flatMap((to) => {
      const { account } = to
      const isUnlisted = isUnlistedSource(request, client, to, intake.settings)
      const isEnforced = isUnlisted && intake.settings.sources.get(account)?.mode === 'enforce'
      const notification = readNotification(intake, to, request)
      const taken = isEnforced
        ? reject(intake, to, notification)
        : pipe(
            notification,
            TE.flatMap((read) => keep(intake, to, read, isUnlisted)),
          )
      const withSource = (decision: Decision): Decision =>
        isUnlisted ? { ...decision, unlistedSource: true } : decision
      const full: Decision = { reason: isEnforced ? 'source' : 'overloaded', account }
      return pipe(
        intake.slots.within(`${account} ${isUnlisted ? 'unlisted' : 'listed'}`, full, taken),
        TE.bimap(withSource, withSource),
      )
    }),
  )
