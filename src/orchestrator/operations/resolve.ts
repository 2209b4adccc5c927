import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import * as t from 'io-ts'
import {
  attest,
  checkPlainData,
  decode,
  type Evidence,
  exactObject,
  fromPredicate,
  inProgress,
  invalidRequest,
  type Kind,
  kindOf,
  machines,
  mayBeUnderWay,
  omitUndefined,
  type PaymentError,
  type Reference,
  type Snapshot,
  type StatusOf,
  text,
  unreachable,
} from '../../core/index.js'
import {
  type Attestation,
  isUnanswered,
  nothingAfterwards,
  type OperationRecord,
  type OperationView,
  objectKeyOf,
  observe,
  originOf,
} from '../../ledger/index.js'
import type { Context } from '../context.js'
import {
  type Change,
  currentAttempt,
  type LeasedOperation,
  resolvedAsExecuted,
  resolvedAsNotExecuted,
} from '../protocol/index.js'
import { readBack } from '../reads/read-back.js'
import { acquireLease } from './acquire-lease.js'
import { expectedOf, expecting } from './money-methods.js'

/** What an operator saw at the gateway about an operation that paymux cannot close by itself. */
export type Resolution =
  | {
      /** The gateway executed it. */
      readonly outcome: 'executed'
      /** The gateway's id of the object, if it has one. It is read back; if the read succeeds, it decides, not the attested status. */
      readonly id?: string
      /** The status that the operator saw. */
      readonly status: StatusOf<Kind>
      /** Who attests it: 1 to 64 of `A-Z a-z 0-9 _ . @ -`. */
      readonly attestedBy: string
      /** Where it was seen. */
      readonly note: string
    }
  | {
      readonly outcome: 'not_executed'
      /** Who attests it: 1 to 64 of `A-Z a-z 0-9 _ . @ -`. */
      readonly attestedBy: string
      /** Where it was seen: 1 to 1000 characters. */
      readonly note: string
    }

const attestation = {
  attestedBy: text('1 to 64 of A-Z a-z 0-9 _ . @ -', (s) => /^[\w.@-]{1,64}$/.test(s)),
  note: text('1 to 1000 characters', (s) => s.length > 0 && s.length <= 1000),
}
const Id = text('an identifier of 1 to 128 characters', (s) => /^[\w@!:.-]{1,128}$/.test(s))

const Status = (kind: Kind) => {
  const statuses: readonly string[] = machines[kind].statuses
  return fromPredicate(statuses.join(', '), (s): s is StatusOf<Kind> => typeof s === 'string' && statuses.includes(s))
}

const decodeResolution = (resolution: unknown, kind: Kind): E.Either<PaymentError, Resolution> => {
  const executed = exactObject(
    'a resolution',
    { outcome: t.literal('executed', "'executed'"), status: Status(kind), ...attestation },
    { id: Id },
  )
  const notExecuted = exactObject(
    'a resolution',
    { outcome: t.literal('not_executed', "'executed' or 'not_executed'"), ...attestation },
    {},
  )
  return checkPlainData(() => {
    const isExecuted = Object(resolution).outcome === 'executed'
    return pipe(decode<Resolution>(isExecuted ? executed : notExecuted, resolution), E.mapLeft(invalidRequest))
  }, invalidRequest)
}

const open = <View extends LeasedOperation>(view: View | undefined): E.Either<PaymentError, View> =>
  view !== undefined && isUnanswered(view.operation.state)
    ? E.right(view)
    : E.left(
        invalidRequest([{ path: 'operationId', expected: 'an operation of this ledger whose outcome is unknown' }]),
      )

const unheld = (view: OperationView): E.Either<PaymentError, OperationView> =>
  view.leased ? E.left(inProgress(view.operation.id)) : E.right(view)

type AttestedAsExecuted = Extract<Resolution, { readonly outcome: 'executed' }>

/** What is attested, in the form of a snapshot. It has no amount, because none was read. */
const attestedResult = (reference: Reference<Kind>, status: StatusOf<Kind>) =>
  ({
    reference,
    status,
    providerState: {},
    amountCheck: 'unchecked',
    disputed: false,
    review: ['unconfirmed'],
  }) satisfies Snapshot<Kind>

interface Found {
  readonly evidence: Evidence<Kind>
  readonly result: Snapshot<Kind>
}

/** A read of the given id or, if it cannot be read, the operator's word. */
const evidenceFor = async (
  kind: Kind,
  view: LeasedOperation,
  { id, status, attestedBy, note }: AttestedAsExecuted,
  context: Context,
): Promise<Found> => {
  const { account } = currentAttempt(view)
  const reference: Reference<Kind> = {
    kind,
    account,
    ...(id === undefined ? { idempotencyKey: view.operation.idempotencyKey } : { id }),
  }
  const adapter = context.adapter(account)
  if (adapter !== undefined && id !== undefined) {
    const read = await readBack<Kind>(adapter, expecting(reference, view.operation), context)()
    if (E.isRight(read)) return { evidence: read.right, result: read.right.content }
  }
  return { evidence: attest<Kind>(status, attestedBy, note), result: attestedResult(reference, status) }
}

const attestationOf = ({ attestedBy, note }: Resolution): Attestation => ({ attestedBy, note })

const notOurs: PaymentError = invalidRequest([
  { path: 'id', expected: "the id of this operation's object: the ledger has recorded this one for another operation" },
])

const asExecuted = async (
  leased: LeasedOperation,
  resolution: AttestedAsExecuted,
  context: Context,
): Promise<E.Either<PaymentError, Change>> => {
  const { operation } = leased
  const kind: Kind = kindOf[operation.name]
  const { evidence, result } = await evidenceFor(kind, leased, resolution, context)
  const key = objectKeyOf<Kind>(result.reference)
  const found = await context.store.object(key)()
  if (E.isLeft(found)) return E.left(mayBeUnderWay(found.left, operation.id))
  const recorded = found.right
  if (recorded?.origin !== undefined && recorded.origin.operationId !== operation.id) return E.left(notOurs)
  const { writes } = observe<Kind>(key, recorded, evidence, result, {
    now: context.now(),
    afterwards: context.adapter(key.account)?.capabilities ?? nothingAfterwards,
    origin: originOf(operation, currentAttempt(leased)),
    ...expectedOf(operation),
    ...omitUndefined({ reservation: operation.reservation, names: currentAttempt(leased).draft?.names }),
  })
  return E.right(resolvedAsExecuted(leased, key, attestationOf(resolution), writes, context.now()))
}

const changeFor = async (
  leased: LeasedOperation,
  resolution: Resolution,
  context: Context,
): Promise<E.Either<PaymentError, Change>> =>
  resolution.outcome === 'executed'
    ? asExecuted(leased, resolution, context)
    : E.right(resolvedAsNotExecuted(leased, unreachable('before_write'), attestationOf(resolution), context.now()))

/** A lease that was taken for nothing is given back: another resolution may follow at once. */
const giveBack = async ({ operation }: LeasedOperation, { store }: Context): Promise<void> => {
  // If the store does not answer, the lease ends by itself.
  await store.commit([{ write: 'operation', operation, from: operation.state, keepLease: false }])()
}

const resolveLeased = async (
  leased: LeasedOperation,
  resolution: Resolution,
  context: Context,
): Promise<E.Either<PaymentError, OperationRecord>> => {
  const { id } = leased.operation
  const change = await changeFor(leased, resolution, context)
  if (E.isLeft(change)) {
    await giveBack(leased, context)
    return change
  }
  const committed = await context.store.commit(change.right.writes)()
  if (E.isLeft(committed)) return E.left(mayBeUnderWay(committed.left, id))
  return committed.right.done ? E.right(change.right.leased.operation) : E.left(inProgress(id))
}

/**
 * Closes an operation that paymux cannot close by itself, with what an operator saw at the gateway. Gives `InvalidRequest` if
 * it is not open or the object is another operation's, and `InProgress` while a worker holds it or if the store does not answer.
 */
export const resolveOperation = (
  operationId: string,
  resolution: unknown,
  context: Context,
): TE.TaskEither<PaymentError, OperationRecord> =>
  pipe(
    context.store.operation(operationId),
    TE.mapError((error): PaymentError => mayBeUnderWay(error, operationId)),
    TE.flatMapEither(open),
    TE.flatMapEither(unheld),
    TE.bindTo('view'),
    TE.bind('decoded', ({ view }) => TE.fromEither(decodeResolution(resolution, kindOf[view.operation.name]))),
    TE.bind('leased', ({ view }) => acquireLease(view, context)),
    TE.tap(({ leased }) => TE.fromEither(open(leased))),
    TE.flatMap(
      ({ leased, decoded }) =>
        () =>
          resolveLeased(leased, decoded, context),
    ),
  )
