import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Adapter } from './adapter.js'
import { catchThrown } from './catch-thrown.js'
import {
  checkInUse,
  checkPaymentRequest,
  checkPayoutRequest,
  checkReference,
  checkRefundRequest,
} from './check-request.js'
import { checkSnapshot } from './check-snapshot.js'
import { tracedOperation } from './diagnostics.js'
import { indeterminate, invalidRequest, locate, type PaymentError, unreachable } from './error.js'
import { createCall, createDraftingCall, type Draft, type Procedure, type Send } from './exchange.js'
import type { OperationName } from './key.js'
import { omitUndefined } from './omit-undefined.js'
import { checkRequired } from './payment-fields.js'
import type { PaymentProvider } from './provider.js'
import type { AnyReference, Kind, Reference } from './reference.js'
import { type Result, type Snapshot, toResult } from './result.js'

/** A reference that belongs to this account, or `InvalidRequest`. */
const ownReference = <K extends Kind>(
  adapter: Adapter,
  reference: Reference<K>,
  path: string,
): E.Either<PaymentError, Reference<K>> =>
  reference.account === adapter.account
    ? E.right(reference)
    : E.left(invalidRequest([{ path, expected: 'the account that holds the object' }]))

/** The guard that runs before the first byte: nothing is sent after the caller's deadline. */
const beforeDeadline = (deadline: number | undefined): TE.TaskEither<PaymentError, void> | undefined =>
  deadline === undefined
    ? undefined
    : () => Promise.resolve(Date.now() < deadline ? E.right(undefined) : E.left(unreachable('deadline')))

/** A lost answer carries the reference that finds the object, if the draft created it or the account can look up by key. */
const withReference =
  (reference: AnyReference | undefined) =>
  (error: PaymentError): PaymentError =>
    error._tag === 'Indeterminate' && error.reference === undefined
      ? { ...error, ...omitUndefined({ reference }) }
      : error

interface SubmissionInput {
  readonly idempotencyKey: string
  readonly deadline?: number
}

const submit = <Input extends SubmissionInput, K extends Kind>(
  adapter: Adapter,
  procedure: Procedure<Input, Snapshot<K>>,
  input: Input,
  reference: AnyReference | undefined,
): TE.TaskEither<PaymentError, Result<K>> => {
  const send: Send = (wire) => adapter.send(wire, beforeDeadline(input.deadline))
  const sendDraft = (draft: Draft): TE.TaskEither<PaymentError, Result<K>> =>
    pipe(
      catchThrown(
        () =>
          pipe(
            send(draft.wire),
            TE.flatMapEither((answer) => procedure.interpret(draft, answer)),
            TE.map(checkSnapshot),
          ),
        () => indeterminate(draft.wire.effect, 'answer'),
      ),
      TE.map((snapshot) => toResult<K>(snapshot, { notPassedOn: draft.notPassedOn })),
      TE.mapError(withReference(draft.reference ?? reference)),
      TE.mapError((error) => locate(error, { exchange: draft.wire.exchange })),
    )
  return pipe(
    catchThrown(
      () => procedure.draft(input, createDraftingCall(send)),
      () => unreachable('draft'),
    ),
    TE.flatMap(sendDraft),
  )
}

const byKey = (adapter: Adapter, name: OperationName, reference: AnyReference): AnyReference | undefined => {
  const capability = adapter.capabilities[name]
  return capability.supported && capability.lookupByKey ? reference : undefined
}

/**
 * One account as a {@link PaymentProvider}, without a ledger: it sends each submission at most once per call and remembers
 * nothing between calls. After `Indeterminate`, read the object before you repeat the call. No request is sent after the
 * caller's deadline, drafting included.
 */
export const createStatelessProvider = (adapter: Adapter): PaymentProvider => {
  const { account } = adapter
  const located = TE.mapError((error: PaymentError) => locate(error, { account }))
  return {
    createPayment: (request) =>
      tracedOperation(
        'createPayment',
        pipe(
          TE.fromIOEither(() => checkPaymentRequest(request)),
          TE.tapEither((checked) => checkInUse(checked)),
          TE.tapEither((checked) => checkRequired(checked, [adapter])),
          TE.flatMap((checked) => {
            const reference = { kind: 'payment', account, idempotencyKey: checked.idempotencyKey } as const
            return submit(adapter, adapter.createPayment, checked, byKey(adapter, 'createPayment', reference))
          }),
          located,
        ),
      ),
    getStatus: (reference) =>
      pipe(
        TE.fromIOEither(() => checkReference(reference)),
        TE.flatMapEither((checked) => ownReference(adapter, checked, 'account')),
        TE.flatMap((checked) =>
          catchThrown(
            () =>
              pipe(
                adapter.read[checked.kind](checked, createCall(adapter.send)),
                TE.map((snapshot) => checkSnapshot(snapshot)),
              ),
            () => indeterminate('reads', 'answer'),
          ),
        ),
        TE.map((snapshot) => toResult(snapshot)),
        located,
      ),
    refund: (request) =>
      tracedOperation(
        'refund',
        pipe(
          TE.fromIOEither(() => checkRefundRequest(request)),
          TE.tapEither(({ payment }) => ownReference(adapter, payment, 'payment.account')),
          TE.flatMap((checked) => {
            const paymentId = 'id' in checked.payment ? { paymentId: checked.payment.id } : {}
            const reference = { kind: 'refund', account, idempotencyKey: checked.idempotencyKey, ...paymentId } as const
            return submit(adapter, adapter.refund, checked, byKey(adapter, 'refund', reference))
          }),
          located,
        ),
      ),
    payout: (request) =>
      tracedOperation(
        'payout',
        pipe(
          TE.fromIOEither(() => checkPayoutRequest(request)),
          TE.tapEither((checked) => checkInUse(checked)),
          TE.flatMap((checked) => {
            const reference = { kind: 'payout', account, idempotencyKey: checked.idempotencyKey } as const
            return submit(adapter, adapter.payout, checked, byKey(adapter, 'payout', reference))
          }),
          located,
        ),
      ),
  }
}
