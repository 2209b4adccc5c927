import { finality, type Kind, type StatusOf } from '../../src/core/index.js'

describe('finality', () => {
  const expected = {
    payment: {
      created: 'open',
      requires_action: 'open',
      processing: 'open',
      authorized: 'open',
      expired: 'reversible',
      canceled: 'reversible',
      failed: 'reversible',
      succeeded: 'terminal',
      reversed: 'terminal',
      unknown: 'open',
    },
    refund: { processing: 'open', succeeded: 'terminal', failed: 'reversible', unknown: 'open' },
    payout: { processing: 'open', succeeded: 'terminal', failed: 'reversible', returned: 'terminal', unknown: 'open' },
  } satisfies { readonly [K in Kind]: Readonly<Record<StatusOf<K>, string>> }

  it.each(Object.entries(expected.payment))('of a payment that is %s is %s', (status, end) => {
    expect(finality('payment', status as StatusOf<'payment'>)).toBe(end)
  })
  it.each(Object.entries(expected.refund))('of a refund that is %s is %s', (status, end) => {
    expect(finality('refund', status as StatusOf<'refund'>)).toBe(end)
  })
  it.each(Object.entries(expected.payout))('of a payout that is %s is %s', (status, end) => {
    expect(finality('payout', status as StatusOf<'payout'>)).toBe(end)
  })

  it('of text that is no status is open: nobody stops looking because of it', () => {
    expect(finality('payment', 'constructor' as 'failed')).toBe('open')
  })
})
