import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type Answer,
  type AttemptTrace,
  type Checked,
  type CheckedRequests,
  catchThrown,
  createDraftingCall,
  type Draft,
  type ErrorLocation,
  errorTypeOf,
  flowCapability,
  flowOf,
  indeterminate,
  inProgress,
  interpretSubmission,
  isOfAnother,
  isTraceparent,
  type Kind,
  kindOf,
  locate,
  type OperationName,
  omitUndefined,
  type PaymentError,
  type PaymentRequest,
  traced,
  unreachable,
  type WireAnswer,
} from '../../core/index.js'
import { isStorable, storedDraft, storedError, storedSnapshots } from '../../ledger/index.js'
import type { Context } from '../context.js'
import {
  currentAttempt,
  type LeasedOperation,
  mayResend,
  type PersistedRequest,
  recordDispatch,
} from '../protocol/index.js'
import { deduplicationOf, procedureOf, referenceByKey, refundIn, requestIn } from './money-methods.js'

/** What became of a send. */
export interface Sent {
  /** The operation as it was before. */
  readonly before: LeasedOperation
  /** The operation with this dispatch, if the ledger holds it, or may hold it because the store's answer was lost. */
  readonly dispatched?: LeasedOperation
  readonly result: E.Either<PaymentError, Answer<Kind>>
}

const inTime = (context: Context, { operation }: LeasedOperation): TE.TaskEither<PaymentError, void> =>
  pipe(
    TE.fromIO<number, PaymentError>(context.now),
    TE.filterOrElse(
      (now) => now < operation.deadline,
      (): PaymentError => unreachable('deadline'),
    ),
    TE.map(() => undefined),
  )

/** The notification address of the attempt goes into a payment request if the gateway has a place for it. */
const withAddress = (
  request: Checked<PaymentRequest>,
  adapter: Adapter,
  context: Context,
): { readonly request: Checked<PaymentRequest>; readonly tokenHash?: string; readonly isOwn: boolean } => {
  const isOwn = request.urls.notification !== undefined
  const { notification: _own, ...urls } = request.urls
  const fields = flowCapability(adapter.capabilities, flowOf(request))?.fields ?? []
  const address = fields.includes('urls.notification') ? context.attemptAddress(adapter.account) : undefined
  if (address === undefined) return { request: { ...request, urls }, isOwn }
  const { url, tokenHash } = address
  return { request: { ...request, urls: { ...urls, notification: url } }, tokenHash, isOwn }
}

/** Drafts the submission. Nothing that drafting sends moves money, and nothing is sent after the deadline. */
const prepareRequest = (
  leased: LeasedOperation,
  adapter: Adapter,
  context: Context,
): TE.TaskEither<PaymentError, PersistedRequest> => {
  const { operation } = leased
  const call = createDraftingCall((wire) => adapter.send(wire, inTime(context, leased)))
  const draft = <O extends OperationName>(name: O, request: CheckedRequests[O]) =>
    pipe(
      catchThrown(
        () => procedureOf(adapter, name).draft(request, call),
        () => unreachable('draft'),
      ),
      TE.filterOrElse(
        (drafted) => isStorable(storedDraft, drafted),
        (): PaymentError => unreachable('draft'),
      ),
      TE.mapError((error) => (isStorable(storedError, error) ? error : unreachable('draft'))),
    )
  const persisted = (drafted: Draft, tokenHash?: string): PersistedRequest => ({
    draft: drafted,
    ...omitUndefined({ reference: drafted.reference ?? referenceByKey(adapter, operation), tokenHash }),
  })
  switch (operation.name) {
    case 'createPayment': {
      const { request, tokenHash, isOwn } = withAddress(requestIn(operation, 'createPayment'), adapter, context)
      // paymux makes the notification address; a caller's own one is for `createProvider`.
      const beside = isOwn ? ['urls.notification'] : []
      return pipe(
        draft('createPayment', request),
        TE.map((drafted) => persisted({ ...drafted, notPassedOn: [...drafted.notPassedOn, ...beside] }, tokenHash)),
      )
    }
    case 'refund':
      return pipe(
        draft('refund', refundIn(operation)),
        TE.map((drafted) => persisted(drafted)),
      )
    case 'payout':
      return pipe(
        draft('payout', requestIn(operation, 'payout')),
        TE.map((drafted) => persisted(drafted)),
      )
  }
}

const interpretAnswer = (
  leased: LeasedOperation,
  adapter: Adapter,
  { draft }: PersistedRequest,
  answer: WireAnswer,
): E.Either<PaymentError, Answer<Kind>> => {
  const interpret = (): E.Either<PaymentError, Answer<Kind>> => {
    switch (leased.operation.name) {
      case 'createPayment':
        return interpretSubmission(adapter.createPayment, draft, answer)
      case 'refund':
        return interpretSubmission(adapter.refund, draft, answer)
      case 'payout':
        return interpretSubmission(adapter.payout, draft, answer)
    }
  }
  return pipe(
    E.tryCatch(interpret, (): PaymentError => indeterminate(draft.wire.effect, 'answer')),
    E.flatMap(identity),
    // An answer about another object than the one that was asked for answers nothing.
    E.filterOrElse(
      ({ content }) =>
        isStorable(storedSnapshots[kindOf[leased.operation.name]], content) && !isOfAnother(content, draft.names),
      (): PaymentError => indeterminate(draft.wire.effect, 'answer'),
    ),
  )
}

/** Where an error of a send occurred. */
const where = ({ operation }: LeasedOperation, { account }: Adapter, exchange?: string): ErrorLocation => ({
  account,
  operationId: operation.id,
  ...omitUndefined({ exchange }),
})

/** Connects, records the dispatch, and only then lets the first byte go. */
const write = async (
  leased: LeasedOperation,
  adapter: Adapter,
  persisted: PersistedRequest,
  context: Context,
  mayGo: TE.TaskEither<PaymentError, void> = inTime(context, leased),
): Promise<Sent> => {
  const dispatch = recordDispatch(leased, persisted, context.now())
  // The ledger may hold the dispatch although the store's answer was lost.
  let dispatched = false
  const beforeFirstByte = pipe(
    mayGo,
    TE.flatMap(() => context.store.commit(dispatch.writes)),
    TE.filterOrElse(
      ({ done }) => done,
      (): PaymentError => inProgress(leased.operation.id),
    ),
    TE.bimap(
      (error) => {
        dispatched = error._tag === 'Indeterminate'
        // Whatever became of the commit, no byte was written.
        return dispatched ? unreachable('store') : error
      },
      () => {
        dispatched = true
      },
    ),
  )
  const send = catchThrown(
    () => adapter.send(persisted.draft.wire, beforeFirstByte),
    () => indeterminate(persisted.draft.wire.effect, 'write'),
  )
  const answer = await send()
  return {
    before: leased,
    ...(dispatched ? { dispatched: dispatch.leased } : {}),
    result: pipe(
      answer,
      E.flatMap((complete) => interpretAnswer(leased, adapter, persisted, complete)),
      E.mapLeft((error) =>
        isStorable(storedError, error) ? error : indeterminate(persisted.draft.wire.effect, 'answer'),
      ),
      E.mapLeft((error) => locate(error, where(leased, adapter, persisted.draft.wire.exchange))),
    ),
  }
}

const endOfAttempt = ({ before, dispatched, result }: Sent): Partial<AttemptTrace> => ({
  ...omitUndefined({ effect: currentAttempt(dispatched ?? before).effect }),
  ...errorTypeOf(result),
})

/** Traces an attempt. What a listener says its place is goes into the ledger: nothing but a place does. */
const traceAttempt = (
  leased: LeasedOperation,
  { account }: Adapter,
  send: (place: Pick<PersistedRequest, 'traceparent'>) => Promise<Sent>,
): Promise<Sent> =>
  traced(
    'attempt',
    () => ({ operationId: leased.operation.id, attempt: leased.operation.attempt, account }),
    (trace) => send(isTraceparent(trace?.traceparent) ? { traceparent: trace.traceparent } : {}),
    endOfAttempt,
  )

/** Drafts and sends. */
export const sendDrafted = (leased: LeasedOperation, adapter: Adapter, context: Context): Promise<Sent> =>
  traceAttempt(leased, adapter, async (place) => {
    const persisted = await prepareRequest(leased, adapter, context)()
    return E.isLeft(persisted)
      ? { before: leased, result: E.left(locate(persisted.left, where(leased, adapter))) }
      : write(leased, adapter, { ...persisted.right, ...place }, context)
  })

/** Connecting may have taken long: the window is checked last by the store's clock, which stamped the first dispatch. */
const inWindow = (leased: LeasedOperation, adapter: Adapter, { store }: Context): TE.TaskEither<PaymentError, void> =>
  pipe(
    store.now(),
    TE.filterOrElse(
      (now) => mayResend(leased, deduplicationOf(adapter, leased.operation.name), now),
      (): PaymentError => unreachable('deadline'),
    ),
    TE.map(() => undefined),
  )

/** Sends the persisted bytes once more. The ledger keeps the place of the first dispatch. */
export const sendAgain = (leased: LeasedOperation, adapter: Adapter, context: Context): Promise<Sent> =>
  traceAttempt(leased, adapter, async (place) => {
    const { draft, reference } = currentAttempt(leased)
    return draft === undefined
      ? { before: leased, result: E.left(unreachable('store')) }
      : write(
          leased,
          adapter,
          { draft, ...omitUndefined({ reference }), ...place },
          context,
          inWindow(leased, adapter, context),
        )
  })
