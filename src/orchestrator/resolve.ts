import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  attest,
  closed,
  decode,
  type Evidence,
  given,
  guarded,
  indeterminate,
  inProgress,
  invalidRequest,
  type Kind,
  machines,
  type PaymentError,
  type Reference,
  type Results,
  readBack,
  type StatusOf,
  text,
  unreachable,
} from '../core/index.js'
import { type OperationRecord, type OperationView, objectKeyOf, observe } from '../ledger/index.js'
import type { Context } from './context.js'
import { expectedOf, kindOf } from './money-methods.js'
import { type Change, currentAttempt, type Held, resolvedAsExecuted, resolvedAsNotExecuted } from './protocol/index.js'
import { contained } from './send.js'
import { takeHold } from './take-hold.js'

/** What a person attests about an operation that paymux cannot close by itself, having looked at the gateway. */
export type Resolution =
  | {
      readonly outcome: 'executed'
      /** The gateway's id of the object, where it has one. It is read back, and a read says more than the attested status. */
      readonly id?: string
      readonly status: StatusOf<Kind>
      /** Who attests it: 1 to 64 of `A-Z a-z 0-9 _ . @ -`. */
      readonly attestedBy: string
      /** Where it was seen. */
      readonly note: string
    }
  | { readonly outcome: 'not_executed'; readonly attestedBy: string; readonly note: string }

const attestation = {
  attestedBy: text('1 to 64 of A-Z a-z 0-9 _ . @ -', (s) => /^[\w.@-]{1,64}$/.test(s)),
  note: text('1 to 1000 characters', (s) => s.length > 0 && s.length <= 1000),
}
const Id = text('an identifier of 1 to 128 characters', (s) => /^[\w@!:.-]{1,128}$/.test(s))

const Status = (kind: Kind) => {
  const statuses: readonly string[] = machines[kind].statuses
  return guarded(statuses.join(', '), (s): s is StatusOf<Kind> => typeof s === 'string' && statuses.includes(s))
}

const decodeResolution = (resolution: unknown, kind: Kind): E.Either<PaymentError, Resolution> => {
  const executed = closed(
    'a resolution',
    { outcome: t.literal('executed', "'executed'"), status: Status(kind), ...attestation },
    { id: Id },
  )
  const notExecuted = closed(
    'a resolution',
    { outcome: t.literal('not_executed', "'executed' or 'not_executed'"), ...attestation },
    {},
  )
  const isExecuted = Object(resolution).outcome === 'executed'
  return pipe(decode<Resolution>(isExecuted ? executed : notExecuted, resolution), E.mapLeft(invalidRequest))
}

const open = <View extends Held>(view: View | undefined): E.Either<PaymentError, View> =>
  view !== undefined && ['dispatched', 'indeterminate'].includes(view.operation.state)
    ? E.right(view)
    : E.left(
        invalidRequest([{ path: 'operationId', expected: 'an operation of this ledger whose outcome is unknown' }]),
      )

const unheld = (view: OperationView): E.Either<PaymentError, OperationView> =>
  view.leased ? E.left(inProgress(view.operation.id)) : E.right(view)

type AttestedAsExecuted = Extract<Resolution, { readonly outcome: 'executed' }>

/** What is attested, in the form of a result. It has no amount: nobody read one. */
const attestedResult = (reference: Reference<Kind>, status: StatusOf<Kind>) =>
  ({
    reference,
    status,
    providerState: {},
    amountCheck: 'unchecked',
    disputed: false,
    review: ['unconfirmed'],
  }) as Results[Kind]

interface Found {
  readonly evidence: Evidence<Kind>
  readonly result: Results[Kind]
}

/** A read of the id that was given, or where that cannot be had, the person's word. */
const evidenceFor = async (
  kind: Kind,
  view: Held,
  { id, status, attestedBy, note }: AttestedAsExecuted,
  context: Context,
): Promise<Found> => {
  const { account } = currentAttempt(view)
  const reference: Reference<Kind> = { kind, account, ...(id === undefined ? { key: view.operation.key } : { id }) }
  const adapter = context.adapter(account)
  if (adapter !== undefined && id !== undefined) {
    const read = await contained(
      () => readBack<Kind>(adapter, { ...reference, ...expectedOf(view.operation) }),
      () => indeterminate('reads', 'answer'),
    )()
    if (E.isRight(read)) return { evidence: read.right, result: read.right.content }
  }
  return { evidence: attest<Kind>(status, attestedBy, note), result: attestedResult(reference, status) }
}

const changeFor = async (held: Held, resolution: Resolution, context: Context): Promise<Change> => {
  const { operation } = held
  if (resolution.outcome === 'not_executed')
    return resolvedAsNotExecuted(held, unreachable('before_write'), resolution.attestedBy, context.now())
  const kind: Kind = kindOf[operation.operation]
  const { evidence, result } = await evidenceFor(kind, held, resolution, context)
  const key = objectKeyOf<Kind>(result.reference)
  const { writes } = observe<Kind>(key, undefined, evidence, result, {
    now: context.now(),
    disputes: context.adapter(key.account)?.capabilities.disputes ?? false,
    operationId: operation.id,
    ...expectedOf(operation),
    ...given({ reservation: operation.reservation }),
  })
  return resolvedAsExecuted(held, key, resolution.attestedBy, writes, context.now())
}

/**
 * Closes an operation that paymux cannot close by itself, with what a person has seen at the gateway. Gives
 * `InvalidRequest` for one that is not open, `InProgress` while a worker is on it, `Unreachable` where the store is.
 */
export const resolveOperation = (
  operationId: string,
  resolution: unknown,
  context: Context,
): TE.TaskEither<PaymentError, OperationRecord> =>
  pipe(
    context.store.operation(operationId),
    TE.flatMapEither(open),
    TE.flatMapEither(unheld),
    TE.bindTo('view'),
    TE.bind('decoded', ({ view }) => TE.fromEither(decodeResolution(resolution, kindOf[view.operation.operation]))),
    TE.bind('held', ({ view }) => takeHold(view, context)),
    TE.tap(({ held }) => TE.fromEither(open(held))),
    TE.bind('change', ({ held, decoded }) => TE.fromTask(() => changeFor(held, decoded, context))),
    TE.bind('committed', ({ change }) => context.store.commit(change.writes)),
    TE.flatMapEither(({ change, committed }) =>
      committed.done ? E.right(change.held.operation) : E.left(inProgress(operationId)),
    ),
  )
