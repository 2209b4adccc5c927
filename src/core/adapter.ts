import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Capabilities } from './capabilities.js'
import { checkPaymentRequest, checkPayoutRequest, checkReference, checkRefundRequest } from './check-request.js'
import { indeterminate, invalidRequest, type PaymentError, unreachable } from './error.js'
import { type Call, callOver, type Draft, draftingOver, type Procedure, type Send } from './exchange.js'
import type { Operation } from './key.js'
import type { StatusOf } from './lifecycle.js'
import type { Money } from './money.js'
import type { AnyReference, Kind, Reference } from './reference.js'
import type { Checked, PaymentRequest, PayoutRequest, RefundRequest } from './request.js'
import type { Payment, Payout, Refund, Results } from './result.js'

/** One interface over every gateway. Each method runs when the task is called, never before, and never rejects. */
export interface PaymentProvider {
  /** Starts a payment. What the payer has to do next is in `nextAction`. */
  readonly createPayment: (request: PaymentRequest) => TE.TaskEither<PaymentError, Payment>
  /** Reads a payment, a refund or a payout back from its gateway. */
  readonly getStatus: <K extends Kind>(reference: Reference<K>) => TE.TaskEither<PaymentError, Results[K]>
  /** Gives captured money back, all or part of it. */
  readonly refund: (request: RefundRequest) => TE.TaskEither<PaymentError, Refund>
  /** Sends money from the merchant's balance to a beneficiary. */
  readonly payout: (request: PayoutRequest) => TE.TaskEither<PaymentError, Payout>
}

/** A notification as it arrived. Header names are lower case. */
export interface RawNotification {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What a notification is taken for: a reason to read this object. What it claims is kept for de-duplication and never believed. */
export interface Hint {
  readonly reference: AnyReference
  /** The gateway's words or numbers as claimed, by resource. */
  readonly claimed: Readonly<Record<string, string>>
}

/** An object as a gateway's own list tells it. */
export interface Listed<K extends Kind> {
  readonly reference: Reference<K>
  readonly status: StatusOf<K>
  readonly amount?: Money
  /** What an operation of paymux is known by at the gateway, where the list tells it: without one, somebody else made the object. */
  readonly key?: string
}

/** What a gateway lists. Absence from it proves nothing: how long the lists are and how soon they are complete, no gateway documents. */
export interface Listing<K extends Kind> {
  readonly objects: readonly Listed<K>[]
  /** Entries that could not be read. */
  readonly unreadable: number
}

/** When the objects of a list were made, in milliseconds since the epoch: `from` included, `to` not. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** Lists the objects of one kind. An entry that does not tell its time is in every period. */
export type List<K extends Kind> = (period: Period, call: Call) => TE.TaskEither<PaymentError, Listing<K>>

/** One account of one gateway, with each money method split at its one decisive request. */
export interface Adapter {
  readonly account: string
  /**
   * Who the account is: adapter, hosts, mode, public keys, project. Holds no secret, and stays the same when secrets are
   * rotated.
   */
  readonly identity: Readonly<Record<string, string>>
  readonly capabilities: Capabilities
  readonly send: Send
  readonly createPayment: Procedure<Checked<PaymentRequest>, Payment>
  readonly refund: Procedure<Checked<RefundRequest>, Refund>
  readonly payout: Procedure<Checked<PayoutRequest>, Payout>
  readonly read: {
    readonly [K in Kind]: (reference: Reference<K>, call: Call) => TE.TaskEither<PaymentError, Results[K]>
  }
  /** What a notification points at. Gives `InvalidRequest` for what names no object of this gateway's. */
  readonly notification: (raw: RawNotification) => E.Either<PaymentError, Hint>
  /** The addresses that the gateway says it posts notifications from: single ones, or ranges in CIDR notation. */
  readonly notificationSources?: readonly string[]
  /** The lists of the gateway, for the kinds it has one of. */
  readonly list?: { readonly [K in Kind]?: List<K> }
}

/** Makes an adapter from the plain configuration of one account. Gives `InvalidConfig`. */
export type AdapterFactory = (config: unknown) => E.Either<PaymentError, Adapter>

/** The adapters by the name the configuration uses, loaded when one is named. */
export type Catalog = Readonly<Record<string, () => Promise<AdapterFactory>>>

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

/** An adapter that throws breaks its contract. The caller is still told what is known about the money. */
const contained =
  <A>(task: TE.TaskEither<PaymentError, A>, error: () => PaymentError): TE.TaskEither<PaymentError, A> =>
  async () => {
    try {
      return await task()
    } catch {
      return E.left(error())
    }
  }

/** Where the object was staged, or the account can look up by key, a lost answer carries the reference that finds it. */
const withReference =
  (reference: AnyReference | undefined) =>
  (error: PaymentError): PaymentError =>
    error._tag === 'Indeterminate' && reference !== undefined && error.reference === undefined
      ? { ...error, reference }
      : error

interface Decisive {
  readonly idempotencyKey: string
  readonly deadline?: number
}

const runProcedure = <Input extends Decisive, Output>(
  adapter: Adapter,
  procedure: Procedure<Input, Output>,
  input: Input,
  reference: AnyReference | undefined,
): TE.TaskEither<PaymentError, Output> => {
  const send: Send = (wire) => adapter.send(wire, beforeDeadline(input.deadline))
  const decide = (draft: Draft) =>
    pipe(
      contained(
        pipe(
          send(draft.wire),
          TE.flatMapEither((answer) => procedure.conclude(draft, answer)),
        ),
        () => indeterminate(draft.wire.effect, 'answer'),
      ),
      TE.mapError(withReference(draft.reference ?? reference)),
    )
  return pipe(
    contained(
      () => procedure.draft(input, draftingOver(send))(),
      () => unreachable('draft'),
    ),
    TE.flatMap(decide),
  )
}

const byKey = (adapter: Adapter, operation: Operation, reference: AnyReference): AnyReference | undefined => {
  const capability = adapter.capabilities[operation]
  return capability.supported && capability.lookupByKey ? reference : undefined
}

/**
 * One account as a {@link PaymentProvider}, without a record of its own: it sends each decisive request at most once per
 * call and remembers nothing between calls. After `Indeterminate`, read before repeating. No request is sent after the
 * caller's deadline, those that prepare the decisive one included.
 */
export const stateless = (adapter: Adapter): PaymentProvider => {
  const { account } = adapter
  return {
    createPayment: (request) =>
      pipe(
        TE.fromEither(checkPaymentRequest(request)),
        TE.flatMap((checked) => {
          const reference = { kind: 'payment', account, key: checked.idempotencyKey } as const
          return runProcedure(adapter, adapter.createPayment, checked, byKey(adapter, 'createPayment', reference))
        }),
      ),
    getStatus: (reference) =>
      pipe(
        TE.fromEither(checkReference(reference)),
        TE.flatMapEither((checked) => ownReference(adapter, checked, 'account')),
        TE.flatMap((checked) =>
          contained(
            () => adapter.read[checked.kind](checked, callOver(adapter.send))(),
            () => indeterminate('reads', 'answer'),
          ),
        ),
      ),
    refund: (request) =>
      pipe(
        TE.fromEither(checkRefundRequest(request)),
        TE.tapEither(({ payment }) => ownReference(adapter, payment, 'payment.account')),
        TE.flatMap((checked) => {
          const paymentId = 'id' in checked.payment ? { paymentId: checked.payment.id } : {}
          const reference = { kind: 'refund', account, key: checked.idempotencyKey, ...paymentId } as const
          return runProcedure(adapter, adapter.refund, checked, byKey(adapter, 'refund', reference))
        }),
      ),
    payout: (request) =>
      pipe(
        TE.fromEither(checkPayoutRequest(request)),
        TE.flatMap((checked) => {
          const reference = { kind: 'payout', account, key: checked.idempotencyKey } as const
          return runProcedure(adapter, adapter.payout, checked, byKey(adapter, 'payout', reference))
        }),
      ),
  }
}
