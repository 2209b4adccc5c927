import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  type Answer,
  type Checked,
  concludeWith,
  draftingOver,
  given,
  indeterminate,
  inProgress,
  type Kind,
  type PaymentError,
  type PaymentRequest,
  unreachable,
  type WireAnswer,
} from '../core/index.js'
import type { Context } from './context.js'
import { deduplicationOf, procedureOf, type Requests, referenceByKey, requestIn } from './money-methods.js'
import { currentAttempt, type Frozen, type Held, mark, mayResend } from './protocol/index.js'

/** What became of a send. */
export interface Sent {
  /** The operation as it was before. */
  readonly unmarked: Held
  /** The operation with this send's mark, where the ledger holds it, or may hold it because the store's answer was lost. */
  readonly marked?: Held
  readonly result: E.Either<PaymentError, Answer<Kind>>
}

/** Runs a task of an adapter's. One that throws breaks its contract; the caller is still told what is known. */
export const contained = <A>(
  task: () => TE.TaskEither<PaymentError, A>,
  error: () => PaymentError,
): TE.TaskEither<PaymentError, A> =>
  pipe(
    TE.tryCatch(() => task()(), error),
    TE.flatMapEither(identity),
  )

const inTime = (context: Context, { operation }: Held): TE.TaskEither<PaymentError, void> =>
  pipe(
    TE.fromIO<number, PaymentError>(context.now),
    TE.filterOrElse(
      (now) => now < operation.deadline,
      (): PaymentError => unreachable('deadline'),
    ),
    TE.map(() => undefined),
  )

/** The notification address goes into the request where the gateway takes one per payment and the caller gave none. */
const withAddress = (
  request: Checked<PaymentRequest>,
  adapter: Adapter,
  context: Context,
): { readonly request: Checked<PaymentRequest>; readonly tokenHash?: string } => {
  const flow = request.method?.flow ?? 'hosted'
  const { paymentFields, flowFields = {} } = adapter.capabilities
  const hasPlace = [...paymentFields, ...(flowFields[flow] ?? [])].includes('urls.notification')
  const address =
    hasPlace && request.urls.notification === undefined ? context.attemptAddress(adapter.account) : undefined
  if (address === undefined) return { request }
  const { url, tokenHash } = address
  return { request: { ...request, urls: { ...request.urls, notification: url } }, tokenHash }
}

/** Drafts the decisive request. Nothing it sends moves money, and nothing is sent after the deadline. */
const freeze = (held: Held, adapter: Adapter, context: Context): TE.TaskEither<PaymentError, Frozen> => {
  const { operation } = held
  const call = draftingOver((wire) => adapter.send(wire, inTime(context, held)))
  const draft = <O extends keyof Requests>(name: O, request: Requests[O]) =>
    contained(
      () => procedureOf(adapter, name).draft(request, call),
      () => unreachable('draft'),
    )
  const frozen = (drafted: ReturnType<typeof draft>, tokenHash?: string): TE.TaskEither<PaymentError, Frozen> =>
    pipe(
      drafted,
      TE.map(({ wire, memo, reference }) => ({
        draft: { wire, memo, ...given({ reference }) },
        ...given({ reference: reference ?? referenceByKey(adapter, operation), tokenHash }),
      })),
    )
  switch (operation.operation) {
    case 'createPayment': {
      const { request, tokenHash } = withAddress(requestIn(operation, 'createPayment'), adapter, context)
      return frozen(draft('createPayment', request), tokenHash)
    }
    case 'refund':
      return frozen(draft('refund', requestIn(operation, 'refund')))
    case 'payout':
      return frozen(draft('payout', requestIn(operation, 'payout')))
  }
}

const concluded = (held: Held, adapter: Adapter, { draft }: Frozen, answer: WireAnswer) => {
  const conclude = (): E.Either<PaymentError, Answer<Kind>> => {
    switch (held.operation.operation) {
      case 'createPayment':
        return concludeWith(adapter.createPayment, draft, answer)
      case 'refund':
        return concludeWith(adapter.refund, draft, answer)
      case 'payout':
        return concludeWith(adapter.payout, draft, answer)
    }
  }
  return pipe(
    E.tryCatch(conclude, (): PaymentError => indeterminate(draft.wire.effect, 'answer')),
    E.flatMap(identity),
  )
}

/** Connects, commits the mark, and only then lets the first byte go. */
const write = async (
  held: Held,
  adapter: Adapter,
  frozen: Frozen,
  context: Context,
  mayGo: TE.TaskEither<PaymentError, void> = inTime(context, held),
): Promise<Sent> => {
  const marking = mark(held, frozen, context.now())
  // Where the store's answer was lost, the ledger may hold the mark.
  let marked = false
  const beforeFirstByte = pipe(
    mayGo,
    TE.flatMap(() => context.store.commit(marking.writes)),
    TE.filterOrElse(
      ({ done }) => done,
      (): PaymentError => inProgress(held.operation.id),
    ),
    TE.bimap(
      (error) => {
        marked = error._tag === 'Indeterminate'
        // Whatever became of the mark, no byte was written.
        return marked ? unreachable('store') : error
      },
      () => {
        marked = true
      },
    ),
  )
  const send = contained(
    () => adapter.send(frozen.draft.wire, beforeFirstByte),
    () => indeterminate(frozen.draft.wire.effect, 'write'),
  )
  const answer = await send()
  return {
    unmarked: held,
    ...(marked ? { marked: marking.held } : {}),
    result: pipe(
      answer,
      E.flatMap((complete) => concluded(held, adapter, frozen, complete)),
    ),
  }
}

/** Drafts and sends. */
export const sendDrafted = async (held: Held, adapter: Adapter, context: Context): Promise<Sent> => {
  const frozen = await freeze(held, adapter, context)()
  return E.isLeft(frozen) ? { unmarked: held, result: frozen } : write(held, adapter, frozen.right, context)
}

/** Connecting may have taken long: the last look at the window is by the store's clock, which stamped the first mark. */
const inWindow = (held: Held, adapter: Adapter, { store }: Context): TE.TaskEither<PaymentError, void> =>
  pipe(
    store.now(),
    TE.filterOrElse(
      (now) => mayResend(held, deduplicationOf(adapter, held.operation.operation), now),
      (): PaymentError => unreachable('deadline'),
    ),
    TE.map(() => undefined),
  )

/** Sends the frozen bytes once more. */
export const sendAgain = async (held: Held, adapter: Adapter, context: Context): Promise<Sent> => {
  const { draft, reference } = currentAttempt(held)
  return draft === undefined
    ? { unmarked: held, result: E.left(unreachable('store')) }
    : write(held, adapter, { draft, ...given({ reference }) }, context, inWindow(held, adapter, context))
}
