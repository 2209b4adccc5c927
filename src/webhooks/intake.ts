import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Adapter, given, type PaymentError } from '../core/index.js'
import { type AttemptRecord, type ObjectKey, type ObjectRecord, objectKeyOf, type Store } from '../ledger/index.js'
import { type Addressed, addressed, type Client, isForeign } from './admission.js'
import type { Outcome } from './answer.js'
import { entryOf, type Notice, noticeOf } from './notice.js'
import { type BodyLimits, readBody } from './read-body.js'
import type { CheckedSettings } from './settings.js'

/** What taking a notification in needs. */
export interface Intake {
  readonly store: Pick<Store, 'commit' | 'object' | 'operation' | 'attemptByToken'>
  readonly adapters: (account: string) => Adapter | undefined
  readonly settings: CheckedSettings
  readonly limits: BodyLimits
  readonly now: () => number
}

type Step<A> = TE.TaskEither<Outcome, A>

/** What the ledger gives, or the answer that it did not. */
const fromStore = <A>(account: string, task: TE.TaskEither<PaymentError, A>): Step<A> =>
  pipe(
    task,
    TE.mapError(() => ({ reason: 'store', account })),
  )

/** What the address of an attempt stands for: the object it became, or the one that was staged for it. */
const ownObject = ({ store }: Intake, attempt: AttemptRecord): TE.TaskEither<PaymentError, ObjectKey | undefined> => {
  const staged = attempt.reference && objectKeyOf(attempt.reference)
  if (attempt.state !== 'executed') return TE.right(staged)
  return pipe(
    store.operation(attempt.operationId),
    TE.map((view) => view?.operation.object ?? staged),
  )
}

const readNotice = (intake: Intake, { account, adapter, attempt }: Addressed, request: Request): Step<Notice> => {
  const { pathname, search } = new URL(request.url)
  const { method, headers } = request
  const raw = { method, url: `${pathname}${search}`, headers: Object.fromEntries(headers) }
  return pipe(
    TE.Do,
    TE.bind('bytes', () =>
      pipe(
        readBody(request, intake.limits),
        TE.mapError((reason): Outcome => ({ reason, account })),
      ),
    ),
    TE.bind('own', () => fromStore(account, attempt ? ownObject(intake, attempt) : TE.right(undefined))),
    TE.map(({ bytes, own }) => noticeOf(adapter, raw, bytes, own)),
  )
}

const recorded = (intake: Intake, account: string, { object }: Notice): Step<ObjectRecord | undefined> =>
  fromStore(account, object === undefined ? TE.right(undefined) : intake.store.object(object))

/** The durable insert, and the bells, in one commit. */
const keep = (intake: Intake, { account, attempt }: Addressed, notice: Notice): Step<Outcome> =>
  pipe(
    recorded(intake, account, notice),
    TE.map((object) => entryOf(account, notice, object, attempt, intake.now())),
    TE.flatMap(({ state, writes }) =>
      pipe(
        fromStore(account, intake.store.commit(writes)),
        TE.map(({ done }): Outcome => (done ? { reason: 'stored', account, state } : { reason: 'store', account })),
      ),
    ),
  )

/** Turned away, but looked at: a stranger who knows the token and an object of ours is probably no stranger. */
const turnAway = (intake: Intake, { account }: Addressed, notice: Step<Notice>): Step<Outcome> =>
  pipe(
    notice,
    TE.flatMap((read) =>
      pipe(
        recorded(intake, account, read),
        TE.map((known) => (known === undefined ? undefined : read.object)),
      ),
    ),
    TE.orElse(() => TE.right<Outcome, ObjectKey | undefined>(undefined)),
    TE.map((turnedAway): Outcome => ({ reason: 'source', account, ...given({ turnedAway }) })),
  )

/** Admits a notification and stores it. It changes no state: what it points at is read back later. */
export const takeIn = (intake: Intake, request: Request, client: Client): Step<Outcome> =>
  pipe(
    addressed(request, intake.settings.secret, intake.adapters, intake.store),
    TE.flatMap((to) => {
      const notice = readNotice(intake, to, request)
      const kept = pipe(
        notice,
        TE.flatMap((read) => keep(intake, to, read)),
      )
      if (!isForeign(request, client, to, intake.settings)) return kept
      const isEnforced = intake.settings.sources.get(to.account)?.mode === 'enforce'
      return pipe(
        isEnforced ? turnAway(intake, to, notice) : kept,
        TE.map((outcome): Outcome => ({ ...outcome, foreign: true })),
      )
    }),
  )
