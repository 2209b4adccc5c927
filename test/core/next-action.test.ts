import { isSafeAction, type NextAction, readUpiLink, type Snapshot, toResult } from '../../src/core/index.js'

describe('an address for the payer is handed out', () => {
  it.each([
    'https://pay.example/order/1?key=a%40b',
    'https://pay.example/@shop',
    'http://127.0.0.1:3000/pay',
    'http://localhost/pay',
  ])('%s', (url) => {
    expect(isSafeAction({ type: 'redirect', url })).toBe(true)
    expect(isSafeAction({ type: 'submit_form', url, fields: {} })).toBe(true)
    expect(isSafeAction({ type: 'open_popup', script: url, parameters: {} })).toBe(true)
  })
})

describe('an address that leads astray is not', () => {
  it.each([
    'https://bank.example@evil.example/',
    'https://ann:secret@pay.example/',
    'https://:secret@pay.example/',
    'http://pay.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    'upi://pay?pa=shop@bank',
    '//pay.example/',
    '',
  ])('%s', (url) => {
    expect(isSafeAction({ type: 'redirect', url })).toBe(false)
    expect(isSafeAction({ type: 'submit_form', url, fields: {} })).toBe(false)
    expect(isSafeAction({ type: 'open_popup', script: url, parameters: {} })).toBe(false)
  })
})

describe('a UPI link', () => {
  it.each([
    ['upi://pay?pa=shop@bank', {}],
    ['UPI://pay?pa=shop@bank&pn=A Shop&am=&cu=INR', {}],
    [
      'upi://pay?pa=a.b-c@bank&pn=A%20Shop&mc=1234&tr=1&tn=x&am=1439.6',
      { amount: { minorUnits: 143_960n, currency: 'INR' } },
    ],
  ])('%s is read', (link, read) => {
    expect(readUpiLink(link)).toEqual(read)
    expect(isSafeAction({ type: 'open_intent', url: link })).toBe(true)
  })

  it.each([
    ['of another scheme', 'https://pay?pa=shop@bank'],
    ['without parameters', 'upi://pay'],
    ['for a mandate', 'upi://mandate?pa=shop@bank'],
    ['with a host of its own', 'upi://evil.example/pay?pa=shop@bank'],
    ['with user info', 'upi://pay@evil.example?pa=shop@bank'],
    ['without a payee', 'upi://pay?am=1.00'],
    ['with a payee that is none', 'upi://pay?pa=shop'],
    ['with two payees', 'upi://pay?pa=shop@bank&PA=evil@bank'],
    ['with two amounts', 'upi://pay?pa=shop@bank&am=1.00&am=2.00'],
    ['with an amount that is none', 'upi://pay?pa=shop@bank&am=1,00'],
    ['with no amount', 'upi://pay?pa=shop@bank&am=0'],
    ['with an amount too precise', 'upi://pay?pa=shop@bank&am=1.001'],
    ['in another currency', 'upi://pay?pa=shop@bank&am=1.00&cu=USD'],
    ['with a line break', 'upi://pay?pa=shop@bank\n&am=1.00'],
  ])('%s is none', (_what, link) => {
    expect(readUpiLink(link)).toBeUndefined()
    expect(isSafeAction({ type: 'open_intent', url: link })).toBe(false)
  })
})

it('a result holds no next action that would lead the payer astray, whichever adapter reports it', () => {
  const of = (nextAction: NextAction) => {
    const snapshot: Snapshot<'payment'> = {
      reference: { kind: 'payment', account: 'acme', id: 'p-1' },
      status: 'requires_action',
      providerState: {},
      amountCheck: 'unchecked',
      disputed: false,
      nextAction,
      review: [],
    }
    return toResult(snapshot).nextAction
  }
  const wait = { type: 'wait_and_poll', afterMs: 1000 } as const

  expect(of({ type: 'redirect', url: 'https://bank.example@evil.example/' })).toBeUndefined()
  expect(of({ type: 'redirect', url: 'https://bank.example/' })).toEqual({
    type: 'redirect',
    url: 'https://bank.example/',
  })
  expect(of(wait)).toEqual(wait)
})
