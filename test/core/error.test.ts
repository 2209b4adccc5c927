import {
  conflict,
  indeterminate,
  inProgress,
  invalidConfig,
  invalidRequest,
  issueUnless,
  locate,
  mayBeUnderWay,
  type PaymentError,
  type RefusalReason,
  rateLimited,
  refused,
  type UnsentPhase,
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
    [indeterminate('creates', 'body'), 'Indeterminate', 'unknown', 'after_read'],
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
    expect(issueUnless(false, 'amount', 'less')).toEqual([{ path: 'amount', expected: 'less' }])
    expect(issueUnless(true, 'amount', 'less')).toEqual([])
  })
})

describe('a refusal', () => {
  const repeatable: Readonly<Record<RefusalReason, boolean>> = {
    authentication: true,
    permission: true,
    configuration: true,
    insufficient_funds: true,
    signature: true,
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
    expect(refused('validation', 422, { fields: ['order.amount', 'payer[0].email'] }).fields).toEqual([
      'order.amount',
      'payer[0].email',
    ])
    expect(refused('validation', 422, { fields: [] })).not.toHaveProperty('fields')
  })

  it('repeats no field name that may be something else', () => {
    const names = ['jo@example.com', 'Jo Doe', '4111111111111111', '+4915112345678', 'a\nb', '', 'x'.repeat(65)]
    expect(refused('validation', 422, { fields: names })).not.toHaveProperty('fields')
    expect(refused('validation', 422, { fields: [...names, 'email'] }).fields).toEqual(['email'])
  })
})

describe('facts beside the case', () => {
  it('are there where they are known', () => {
    const reference = { kind: 'payout', account: 'main', idempotencyKey: 'key-1' } as const
    expect(unreachable('connect', { code: 'ECONNREFUSED', host: 'api.example.com' })).toMatchObject({
      phase: 'connect',
      code: 'ECONNREFUSED',
      host: 'api.example.com',
    })
    expect(refused('expired', 410, { providerCode: 'E-17.b_c' }).providerCode).toBe('E-17.b_c')
    expect(invalidConfig(issues, 'paymux.config.json').file).toBe('paymux.config.json')
    expect(indeterminate('reads', 'answer', { paths: ['data.amount'] }).paths).toEqual(['data.amount'])
    expect(inProgress('op-1').operationId).toBe('op-1')
    expect(rateLimited(1500).retryAfterMs).toBe(1500)
    expect(indeterminate('moves_money', 'answer', { httpStatus: 502, reference })).toMatchObject({
      httpStatus: 502,
      reference,
    })
  })

  it('are absent, not undefined, where they are not', () => {
    for (const fact of ['code', 'host']) expect(Object.keys(unreachable('connect'))).not.toContain(fact)
    expect(Object.keys(refused('expired', 410))).not.toContain('providerCode')
    expect(Object.keys(invalidConfig(issues))).not.toContain('file')
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
    expect(indeterminate('moves_money', 'answer').message).toBe(
      'The outcome is not known (answer). Read the object before you repeat the call',
    )
    expect(indeterminate('reads', 'body', { httpStatus: 200, code: 'ECONNRESET' }).message).toBe(
      'The outcome is not known (body, HTTP 200, ECONNRESET). The read may be repeated',
    )
  })

  it('names the file of a configuration', () => {
    expect(invalidConfig(issues, 'paymux.config.json').message).toMatch(
      /^The configuration paymux\.config\.json is not valid: payer\.email /,
    )
  })

  it.each<readonly [UnsentPhase, string]>([
    ['draft', 'The request could not be prepared (X1)'],
    ['resolve', 'The name of api.example.com could not be resolved (X1)'],
    ['connect', 'No connection to api.example.com could be made (X1)'],
    ['secure', 'No secure connection to api.example.com could be made (X1)'],
    ['before_write', 'The connection to api.example.com was lost before the request was written (X1)'],
    ['circuit', 'The account is not asked at the moment'],
    ['deadline', 'The deadline passed before the request was sent'],
    ['store', 'The ledger did not answer (X1)'],
  ])('says how far the call had come: %s', (phase, text) => {
    expect(unreachable(phase, { code: 'X1', host: 'api.example.com' }).message).toBe(
      `${text}. Nothing was sent; the call may be repeated`,
    )
  })

  it.each([
    [inProgress(), 'Another worker executes this operation'],
    [
      mayBeUnderWay(unreachable('store', { code: 'SQLITE_FULL' })),
      'The operation may be under way: the disk of the ledger is full (SQLITE_FULL)',
    ],
    [
      mayBeUnderWay(unreachable('store', { code: '08006' })),
      'The operation may be under way: the ledger did not answer (08006)',
    ],
    [mayBeUnderWay(unreachable('store')), 'The operation may be under way: the ledger did not answer (Unreachable)'],
    [
      mayBeUnderWay(unreachable('store', { code: 'ERR_STOPPED' })),
      'The operation may be under way: paymux was stopped (ERR_STOPPED)',
    ],
    [
      mayBeUnderWay(unreachable('store', { code: 'ERR_LEDGER_FLUSH' })),
      'The operation may be under way: the disk failed to flush a commit of the ledger. Start the process again once the disk is sound (ERR_LEDGER_FLUSH)',
    ],
    [
      mayBeUnderWay(unreachable('store', { code: 'ERR_STORED_JSON', column: 'paymux_attempts.draft' })),
      'The operation may be under way: this version of paymux cannot read paymux_attempts.draft of the ledger (ERR_STORED_JSON)',
    ],
  ])('says why the ledger could not say what became of an operation (%#)', (error, text) => {
    expect(error.message).toBe(`${text}. Call again with the same idempotency key`)
    expect(error).toMatchObject({ outcome: 'unknown', retry: 'same_key' })
  })

  it('says that a full disk or a read-only one kept the ledger from answering', () => {
    expect(unreachable('store', { code: 'SQLITE_READONLY' }).message).toBe(
      'The file of the ledger is read-only (SQLITE_READONLY). Nothing was sent; the call may be repeated',
    )
    expect(unreachable('store', { code: '53100' }).message).toMatch(/^The disk of the ledger is full \(53100\)\./)
  })

  it('names no host that is not known', () => {
    expect(unreachable('connect').message).toContain('No connection to the gateway could be made.')
  })

  it('says why the gateway refused, with its status and its code', () => {
    expect(refused('amount_limit', 422, { providerCode: 'E17' }).message).toBe(
      'The gateway refused the request (amount_limit, HTTP 422, E17)',
    )
  })

  it('repeats no code of the gateway that may be something else', () => {
    for (const providerCode of ['jo@example.com', 'Jo Doe', 'a\nb', '', 'x'.repeat(41)])
      expect(refused('expired', 410, { providerCode })).toEqual(refused('expired', 410))
  })

  it('holds neither a field name nor a reference nor a path of the answer', () => {
    const canary = 'CANARY'
    const reference = { kind: 'payment', account: canary, idempotencyKey: canary } as const
    const messages = [
      refused('validation', 422, { fields: [canary] }),
      indeterminate('moves_money', 'write', { reference, paths: [canary] }),
    ].map(({ message }) => message)
    expect(messages.join()).not.toContain(canary)
  })
})

describe('where an error occurred', () => {
  const everywhere = { account: 'payop-eu', exchange: 'payop.invoices.create', operationId: 'op-1' }
  const cases: readonly PaymentError[] = [
    invalidConfig(issues),
    invalidRequest(issues),
    unsupported(issues),
    unreachable('connect', { host: 'api.example.com' }),
    inProgress(),
    conflict(),
    rateLimited(),
    refused('validation', 422),
    indeterminate('moves_money', 'body'),
  ]

  it.each(cases.map((error) => [error._tag, error] as const))('is in a %s and in its message', (_tag, error) => {
    const { message, ...facts } = error
    expect(locate(error, everywhere)).toStrictEqual({
      ...facts,
      ...everywhere,
      message: `${message} [account payop-eu, payop.invoices.create, operation op-1]`,
    })
  })

  it('is told as far as it is known', () => {
    const error = conflict()
    expect(locate(error, {})).toStrictEqual(error)
    expect(locate(error, { account: undefined, exchange: undefined, operationId: undefined })).toStrictEqual(error)
    expect(locate(error, { account: 'payop-eu' }).message).toBe(`${error.message} [account payop-eu]`)
    expect(inProgress('op-1').message).toBe(`${inProgress().message} [operation op-1]`)
  })

  it('stays what the error says already, and the message says the same', () => {
    const first = locate(rateLimited(1500), { account: 'inner', exchange: 'payop.refunds.create' })
    const again = locate(first, { account: 'outer', exchange: 'payop.payouts.create', operationId: 'op-2' })
    expect(again).toStrictEqual({
      ...first,
      operationId: 'op-2',
      message: `${rateLimited().message} [account inner, payop.refunds.create, operation op-2]`,
    })
  })
})
