import type { Result } from '../core/index.js'
import type { ListedOperation, ObjectSummary, SummaryLine } from '../ledger/index.js'
import type { OperationSummary, queries } from '../paymux/promises.js'
import { money, time } from './format.js'
import type { Column, Output } from './output.js'

const signs = ({ disputed, needsReview, abandoned }: ObjectSummary): string =>
  [disputed ? 'disputed' : '', needsReview ? 'review' : '', abandoned ? 'abandoned' : ''].filter(Boolean).join(' ')

/** Payments, refunds and payouts. */
export const objectColumns: readonly Column<ObjectSummary>[] = [
  { name: 'recorded', cell: ({ createdAt }) => time(createdAt) },
  { name: 'reference', cell: ({ merchantReference }) => merchantReference },
  { name: 'kind', cell: ({ kind }) => kind },
  { name: 'status', cell: ({ status }) => status },
  { name: 'amount', cell: ({ amount }) => money(amount), align: 'right' },
  { name: 'captured', cell: ({ captured }) => money(captured), align: 'right' },
  { name: 'refunded', cell: ({ refunded }) => money(refunded), align: 'right' },
  { name: 'account', cell: ({ account }) => account },
  { name: 'id', cell: ({ id }) => id },
  { name: 'flags', cell: signs },
]

/** The same for accounting: each value in a column of its own. */
export const objectCsvColumns: readonly Column<ObjectSummary>[] = [
  { name: 'recorded_at', cell: ({ createdAt }) => time(createdAt) },
  { name: 'changed_at', cell: ({ updatedAt }) => time(updatedAt) },
  { name: 'kind', cell: ({ kind }) => kind },
  { name: 'account', cell: ({ account }) => account },
  { name: 'id', cell: ({ id }) => id },
  { name: 'merchant_reference', cell: ({ merchantReference }) => merchantReference },
  { name: 'idempotency_key', cell: ({ idempotencyKey }) => idempotencyKey },
  { name: 'status', cell: ({ status }) => status },
  { name: 'status_since', cell: ({ statusSince }) => time(statusSince) },
  { name: 'currency', cell: ({ amount, captured }) => (amount ?? captured)?.currency },
  { name: 'amount', cell: ({ amount }) => amount?.value },
  { name: 'captured_currency', cell: ({ captured }) => captured?.currency },
  { name: 'captured', cell: ({ captured }) => captured?.value },
  { name: 'refunded', cell: ({ refunded }) => refunded?.value },
  { name: 'reserved', cell: ({ reserved }) => reserved?.value },
  { name: 'disputed', cell: ({ disputed }) => String(disputed) },
  { name: 'needs_review', cell: ({ needsReview }) => String(needsReview) },
]

/** Sums. */
export const summaryColumns: readonly Column<SummaryLine>[] = [
  { name: 'day', cell: ({ day }) => day },
  { name: 'account', cell: ({ account }) => account },
  { name: 'kind', cell: ({ kind }) => kind },
  { name: 'status', cell: ({ status }) => status },
  { name: 'count', cell: ({ count }) => count, align: 'right' },
  { name: 'amount', cell: ({ amount }) => money(amount), align: 'right' },
  { name: 'captured', cell: ({ captured }) => money(captured), align: 'right' },
  { name: 'refunded', cell: ({ refunded }) => money(refunded), align: 'right' },
]

type AnyOperation = queries.ResolvedOperation & Partial<Pick<ListedOperation, 'since'>>

/** Operations. */
export const operationColumns: readonly Column<AnyOperation>[] = [
  { name: 'called', cell: ({ createdAt }) => time(createdAt) },
  { name: 'operation', cell: ({ id }) => id },
  { name: 'method', cell: ({ name }) => name },
  { name: 'state', cell: ({ state }) => state },
  { name: 'since', cell: ({ since }) => time(since) },
  { name: 'reference', cell: ({ merchantReference }) => merchantReference },
  { name: 'key', cell: ({ idempotencyKey }) => idempotencyKey },
  { name: 'accounts', cell: ({ accounts }) => accounts.join(' ') },
  { name: 'next poll', cell: ({ nextPollAt }) => time(nextPollAt) },
  { name: 'error', cell: ({ error, stalled }) => stalled ?? error?._tag },
]

/** One result in lines. */
export const showResult = (output: Output, result: Result<'payment' | 'refund' | 'payout'>): void => {
  const { nextAction } = result
  output.fields([
    ['kind', result.kind],
    ['reference', result.merchantReference],
    ['account', result.account],
    ['id', result.id],
    ['status', result.status],
    ['detail', result.detail],
    ['reason', result.reason],
    [
      'gateway says',
      Object.entries(result.providerState)
        .map((pair) => pair.join(' '))
        .join(', ') || undefined,
    ],
    ['gateway code', result.providerCode],
    ['amount', money(result.amount)],
    ['amount check', result.amountCheck],
    ['paid', money(result.paid)],
    ['captured', money(result.captured)],
    ['refunded', money(result.refunded)],
    ['fee', money(result.fee)],
    ['bank reference', shown(result.bankReference)],
    ['disputed', result.disputed ? 'yes' : undefined],
    ['review', result.review.join(', ') || undefined],
    ['next action', typeof nextAction === 'object' ? JSON.stringify(nextAction) : nextAction],
    ['metadata', shown(result.metadata)],
    ['key', result.idempotencyKey],
    ['operation', result.operationId],
    ['recorded', time(result.recordedAt)],
    ['replayed', result.replayed === true ? 'yes: nothing was sent' : undefined],
  ])
}

const shown = (value: unknown): string | undefined => {
  if (value === undefined || typeof value === 'string') return value
  return JSON.stringify(value)
}

/** The attempts of an operation, in lines. */
export const attemptColumns: readonly Column<OperationSummary['attempts'][number]>[] = [
  { name: 'attempt', cell: ({ n }) => n, align: 'right' },
  { name: 'account', cell: ({ account }) => account },
  { name: 'state', cell: ({ state }) => state },
  { name: 'dispatches', cell: ({ dispatchCount }) => dispatchCount, align: 'right' },
  { name: 'ended by', cell: ({ endedBy }) => endedBy },
]
