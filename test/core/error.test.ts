import {
  conflict,
  indeterminate,
  inProgress,
  invalidConfig,
  invalidRequest,
  type PaymentError,
  type RefusalReason,
  rateLimited,
  refused,
  unless,
  unreachable,
  unsupported,
} from '../../src/core/index.js'

const issues = [
  { path: 'payer.email', expected: 'an e-mail address' },
  { path: 'amount', expected: 'an amount above zero' },
]

describe('each case says what happened and what may be done', () => {
  const rows: ReadonlyArray<readonly [error: PaymentError, tag: string, outcome: string, retry: string]> = [
    [invalidConfig(issues), 'InvalidConfig', 'not_sent', 'never'],
    [invalidRequest(issues), 'InvalidRequest', 'not_sent', 'never'],
    [unsupported(issues), 'Unsupported', 'not_sent', 'never'],
    [unreachable('connect'), 'Unreachable', 'not_sent', 'safe'],
    [inProgress(), 'InProgress', 'unknown', 'same_key'],
    [conflict(), 'Conflict', 'unknown', 'never'],
    [rateLimited(), 'RateLimited', 'refused', 'same_key'],
    [refused('validation', 422), 'Refused', 'refused', 'never'],
    [indeterminate('moves_money', 'body'), 'Indeterminate', 'unknown', 'after_read'],
    [indeterminate('stages', 'body'), 'Indeterminate', 'unknown', 'after_read'],
    [indeterminate('reads', 'body'), 'Indeterminate', 'unknown', 'safe'],
  ]

  it.each(rows.map(([error, ...expected]) => [...expected, error] as const))(
    '%s: %s, %s',
    (tag, outcome, retry, error) => {
      expect(error).toMatchObject({ _tag: tag, outcome, retry })
      expect(error.message).toMatch(/^[A-Z].{10,}/)
    },
  )
})

describe('an issue', () => {
  it('is there unless something holds', () => {
    expect(unless(false, 'amount', 'less')).toEqual([{ path: 'amount', expected: 'less' }])
    expect(unless(true, 'amount', 'less')).toEqual([])
  })
})

describe('a refusal', () => {
  const repeatable: Readonly<Record<RefusalReason, boolean>> = {
    authentication: true,
    permission: true,
    configuration: true,
    insufficient_funds: true,
    signature: false,
    validation: false,
    not_found: false,
    amount_limit: false,
    bank_details: false,
    expired: false,
  }

  it.each(Object.entries(repeatable))('for %s may be repeated under the same key: %s', (reason, may) => {
    expect(refused(reason as RefusalReason, 400).retry).toBe(may ? 'same_key' : 'never')
  })

  it('names the fields, where there are any', () => {
    expect(refused('validation', 422, ['order.amount', 'payer[0].email']).fields).toEqual([
      'order.amount',
      'payer[0].email',
    ])
    expect(refused('validation', 422, [])).not.toHaveProperty('fields')
  })

  it('repeats no field name that may be something else', () => {
    const names = ['jo@example.com', 'Jo Doe', '4111111111111111', '+4915112345678', 'a\nb', '', 'x'.repeat(65)]
    expect(refused('validation', 422, names)).not.toHaveProperty('fields')
    expect(refused('validation', 422, [...names, 'email']).fields).toEqual(['email'])
  })
})

describe('facts beside the case', () => {
  it('are there where they are known', () => {
    const reference = { kind: 'payout', account: 'main', key: 'key-1' } as const
    expect(unreachable('connect', 'ECONNREFUSED')).toMatchObject({ phase: 'connect', code: 'ECONNREFUSED' })
    expect(inProgress('op-1').operationId).toBe('op-1')
    expect(rateLimited(1500).retryAfterMs).toBe(1500)
    expect(indeterminate('moves_money', 'answer', { httpStatus: 502, reference })).toMatchObject({
      httpStatus: 502,
      reference,
    })
  })

  it('are absent, not undefined, where they are not', () => {
    expect(Object.keys(unreachable('connect'))).not.toContain('code')
    expect(Object.keys(inProgress())).not.toContain('operationId')
    expect(Object.keys(rateLimited())).not.toContain('retryAfterMs')
    expect(Object.keys(indeterminate('reads', 'body'))).not.toContain('httpStatus')
  })
})

describe('a message', () => {
  it('names each path with what is expected there', () => {
    for (const error of [invalidConfig(issues), invalidRequest(issues), unsupported(issues)])
      expect(error.message).toContain(
        'payer.email (expected an e-mail address), amount (expected an amount above zero)',
      )
  })

  it('tells a registered repeat from a lost answer', () => {
    expect(indeterminate('moves_money', 'answer', { registered: true }).message).toContain('registered')
    expect(indeterminate('moves_money', 'answer').message).toContain('may have acted')
  })

  it('holds no fact that came from outside', () => {
    const canary = 'CANARY'
    const reference = { kind: 'payment', account: canary, key: canary } as const
    const messages = [
      unreachable('resolve', canary),
      inProgress(canary),
      refused('validation', 422, [canary]),
      indeterminate('moves_money', 'write', { code: canary, operationId: canary, reference }),
    ].map(({ message }) => message)
    expect(messages.join()).not.toContain(canary)
  })
})
