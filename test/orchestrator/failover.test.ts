import {
  conflict,
  type Indeterminate,
  type InProgress,
  indeterminate,
  inProgress,
  invalidRequest,
  type PaymentError,
  type RateLimited,
  type RefusalReason,
  type Refused,
  rateLimited,
  refused,
  unreachable,
  unsupported,
} from '../../src/core/index.js'
import { type FailoverCause, failoverCause } from '../../src/orchestrator/protocol/index.js'

/** What the failover step takes. Each of these is checked by the compiler: with another answer the file does not compile. */
type Takes<E> = E extends FailoverCause ? true : false
const takes: {
  readonly indeterminate: Takes<Indeterminate>
  readonly inProgress: Takes<InProgress>
  readonly rateLimited: Takes<RateLimited>
  readonly anyRefusal: Takes<Refused>
  readonly validation: Takes<Refused & { readonly reason: 'validation' }>
  readonly funds: Takes<Refused & { readonly reason: 'insufficient_funds' }>
} = {
  indeterminate: false,
  inProgress: false,
  rateLimited: false,
  anyRefusal: false,
  validation: false,
  funds: true,
}

const reasons: Readonly<Record<RefusalReason, boolean>> = {
  authentication: true,
  permission: true,
  configuration: true,
  signature: true,
  insufficient_funds: true,
  amount_limit: true,
  validation: false,
  not_found: false,
  bank_details: false,
  expired: false,
}

describe('the next account', () => {
  it('is no type’s to reach but that of what proves that nothing moved', () => {
    expect(takes).toEqual({ ...takes, indeterminate: false })
  })

  it.each(Object.entries(reasons))('after a refusal because of %s: %s', (reason, may) => {
    expect(failoverCause(refused(reason as RefusalReason, 400), 'moves_money') !== undefined).toBe(may)
  })

  const others: ReadonlyArray<readonly [PaymentError, boolean]> = [
    [unreachable('connect'), true],
    [unreachable('draft'), true],
    [unreachable('deadline'), false],
    [unreachable('store'), false],
    [unsupported([]), true],
    [invalidRequest([]), false],
    [rateLimited(), false],
    [conflict(), false],
    [inProgress(), false],
    [indeterminate('moves_money', 'first_byte'), false],
    [indeterminate('moves_money', 'answer', { registered: true }), false],
  ]
  it.each(others)('after %j: %s', (error, may) => {
    expect(failoverCause(error, 'moves_money') !== undefined).toBe(may)
    expect(failoverCause(error, undefined) !== undefined).toBe(may)
  })

  it.each(others)('after %j of what was only created, whose link was not released', (error) => {
    expect(failoverCause(error, 'creates')).toEqual({ _tag: 'LinkNeverReleased' })
  })
})
