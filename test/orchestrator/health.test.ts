import {
  conflict,
  indeterminate,
  inProgress,
  invalidConfig,
  invalidRequest,
  type PaymentError,
  rateLimited,
  refused,
  unreachable,
  unsupported,
} from '../../src/core/index.js'
import { createHealth, RECOVERY_MS, RETURN_MS } from '../../src/orchestrator/routing/index.js'

const failure = unreachable('connect')

const watched = () => {
  const clock = { now: 1_000_000 }
  const health = createHealth(() => clock.now)
  const record = (...outcomes: ReadonlyArray<PaymentError | undefined>) => {
    for (const outcome of outcomes) health.record('main', outcome)
  }
  return { clock, health, record, share: () => health.share('main'), isHealthy: () => health.share('main') > 0 }
}

const times = <A>(count: number, outcome: A): readonly A[] => Array.from({ length: count }, () => outcome)

const unhealthy = () => {
  const account = watched()
  account.record(...times(5, failure))
  return account
}

describe('the health of an account', () => {
  it('is good as long as nothing is known', () => {
    expect(watched().isHealthy()).toBe(true)
  })

  it('is lost when more than half of at least five outcomes fail', () => {
    const { record, isHealthy } = watched()
    record(...times(4, failure))
    expect(isHealthy()).toBe(true)
    record(failure)
    expect(isHealthy()).toBe(false)
  })

  it('is kept while half of them succeed', () => {
    const { record, isHealthy } = watched()
    for (let n = 0; n < 50; n += 1) record(undefined, failure)
    expect(isHealthy()).toBe(true)
  })

  it('looks at the last twenty outcomes only', () => {
    const { record, isHealthy } = watched()
    record(...times(100, undefined))
    record(...times(10, failure))
    expect(isHealthy()).toBe(true)
    record(failure)
    expect(isHealthy()).toBe(false)
  })

  it('is no other account’s', () => {
    expect(unhealthy().health.share('other')).toBe(1)
  })
})

describe('an unhealthy account', () => {
  it('is in its place again after a while', () => {
    const { clock, isHealthy } = unhealthy()
    clock.now += RECOVERY_MS - 1
    expect(isHealthy()).toBe(false)
    clock.now += 1
    expect(isHealthy()).toBe(true)
  })

  it('is unhealthy for as long again when its next request fails', () => {
    const { clock, record, isHealthy } = unhealthy()
    clock.now += RECOVERY_MS
    record(failure)
    expect(isHealthy()).toBe(false)
    clock.now += RECOVERY_MS
    expect(isHealthy()).toBe(true)
  })

  it('is healthy when it succeeds, and what was before is forgotten', () => {
    const { clock, record, isHealthy } = unhealthy()
    clock.now += RECOVERY_MS
    record(undefined, ...times(3, failure))
    expect(isHealthy()).toBe(true)
    record(failure)
    expect(isHealthy()).toBe(false)
  })

  it('stays so until then, whatever ends of what was under way', () => {
    const { clock, record, isHealthy } = unhealthy()
    record(undefined, undefined)
    expect(isHealthy()).toBe(false)
    clock.now += RECOVERY_MS - 1
    record(failure)
    clock.now += 1
    expect(isHealthy()).toBe(true)
  })
})

describe('an account that returns', () => {
  const returned = () => {
    const account = unhealthy()
    account.clock.now += RECOVERY_MS
    return account
  }

  it('has a tenth of the requests first, and more with time, up to all', () => {
    const { clock, record, share } = returned()
    expect(share()).toBeCloseTo(0.1)
    record(undefined)
    expect(share()).toBeCloseTo(0.1)
    clock.now += RETURN_MS / 2
    expect(share()).toBeCloseTo(0.55)
    clock.now += RETURN_MS
    expect(share()).toBe(1)
  })

  it('has all of them after the same time if none was sent to it, and its next failure counts as the first', () => {
    const { clock, record, share } = returned()
    clock.now += RETURN_MS
    expect(share()).toBe(1)
    record(failure)
    expect(share()).toBe(0)
  })

  it('is unhealthy again when more than half of what it has fail, and begins anew', () => {
    const { clock, record, share } = returned()
    record(undefined)
    clock.now += RETURN_MS / 2
    record(...times(5, failure))
    expect(share()).toBe(0)
    clock.now += RECOVERY_MS
    expect(share()).toBeCloseTo(0.1)
  })
})

describe('what counts', () => {
  const isHealthyAfter = (error: PaymentError, count: number) => {
    const { record, isHealthy } = watched()
    record(...times(count, error))
    return isHealthy()
  }

  it.each<readonly [string, PaymentError]>([
    ['a gateway that is not reached', unreachable('resolve')],
    ['a draft that could not be made', unreachable('draft')],
    ['no usable answer', indeterminate('moves_money', 'first_byte')],
    ['a gateway that asks to slow down', rateLimited()],
    ['refused credentials', refused('authentication', 401)],
    ['a missing right', refused('permission', 403)],
    ['an account that is not set up', refused('configuration', 400)],
  ])('as failure: %s', (_what, error) => {
    expect(isHealthyAfter(error, 5)).toBe(false)
  })

  const itsOwnNo: readonly (readonly [string, PaymentError])[] = [
    ['a request that the gateway finds wrong', refused('validation', 422)],
    ['an empty balance', refused('insufficient_funds', 400)],
    ['a key that the gateway knows', indeterminate('moves_money', 'answer', { registered: true })],
  ]

  it.each(itsOwnNo)('as a usable answer: %s', (_what, error) => {
    expect(isHealthyAfter(error, 50)).toBe(true)
    const { record, isHealthy } = watched()
    record(...times(4, error), ...times(4, failure))
    expect(isHealthy()).toBe(true)
  })

  it.each<readonly [string, PaymentError]>([
    ['a deadline of the caller’s', unreachable('deadline')],
    ['a store that does not answer', unreachable('store')],
    ['a request that is wrong', invalidRequest([])],
    ['a configuration that is wrong', invalidConfig([])],
    ['what the account does not offer', unsupported([])],
    ['another worker', inProgress()],
    ['another request', conflict()],
  ])('not at all: %s', (_what, error) => {
    expect(isHealthyAfter(error, 50)).toBe(true)
    const { record, isHealthy } = watched()
    record(...times(50, error), ...times(5, failure))
    expect(isHealthy()).toBe(false)
  })
})
