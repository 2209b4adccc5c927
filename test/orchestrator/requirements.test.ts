import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Route } from '../../src/orchestrator/config/index.js'
import { fail, succeed } from '../either.js'
import { type Account, lost, ok, paymentRequest, says, stage } from './operations-stage.js'

const to = (...accounts: readonly string[]) => accounts.map((account) => ({ account }))

const accounts: Readonly<Record<string, Account>> = {
  mail: { required: ['payer.email', 'urls.success'] },
  phone: { required: ['payer.phone', 'payer.email'] },
  plain: {},
  popup: { flows: ['popup'], required: ['payer.ip'] },
}

const needed = async (routes: readonly Route[], query: Parameters<Requirements>[0] = { currency: 'EUR' }) => {
  const { provider } = await stage(accounts, { routes })
  return succeed(provider.requirements(query))
}
type Requirements = Awaited<ReturnType<typeof stage>>['provider']['requirements']

describe('the requirements of a query', () => {
  it('are those of all accounts of its route, each with the accounts that need it', async () => {
    expect(await needed([{ when: {}, to: to('mail', 'phone', 'plain') }])).toEqual([
      { path: 'payer.email', accounts: ['mail', 'phone'] },
      { path: 'urls.success', accounts: ['mail'] },
      { path: 'payer.phone', accounts: ['phone'] },
    ])
  })

  it('are none where no account needs a field', async () => {
    expect(await needed([{ when: {}, to: to('plain') }])).toEqual([])
  })

  it('hold those of earlier routes that may fit, and not those of later ones', async () => {
    const routes = [
      { when: { country: ['DE'] }, to: to('mail') },
      { when: { metadata: { shop: 'a' } }, to: to('plain') },
      { when: { currency: ['EUR'] }, to: to('plain') },
      { when: {}, to: to('phone') },
    ]
    expect((await needed(routes)).map(({ path }) => path)).toEqual(['payer.email', 'urls.success'])
    expect((await needed(routes, { currency: 'USD' })).map(({ path }) => path)).toEqual([
      'payer.email',
      'urls.success',
      'payer.phone',
    ])
  })

  it('hold those of every route that may fit if none certainly does', async () => {
    const amount = { currency: 'EUR', from: { minorUnits: 1n, currency: 'EUR' } }
    const routes = [
      { when: { country: ['DE'] }, to: to('mail') },
      { when: { amount }, to: to('phone') },
    ]
    expect((await needed(routes)).map(({ path }) => path)).toEqual(['payer.email', 'urls.success', 'payer.phone'])
  })

  it('leave out routes for another operation, currency or method', async () => {
    const routes: readonly Route[] = [
      { when: { operation: ['payout'] }, to: to('mail') },
      { when: { currency: ['INR'] }, to: to('mail') },
      { when: { method: ['popup'] }, to: to('mail') },
      { when: {}, to: to('phone') },
    ]
    expect((await needed(routes)).map(({ path }) => path)).toEqual(['payer.phone', 'payer.email'])
  })

  it('are about the flow, and leave out accounts that do not offer it', async () => {
    const routes = [{ when: {}, to: to('mail', 'popup') }]
    expect(await needed(routes, { currency: 'EUR', method: { flow: 'popup' } })).toEqual([
      { path: 'payer.ip', accounts: ['popup'] },
    ])
    expect((await needed(routes)).map(({ path }) => path)).toEqual(['payer.email', 'urls.success'])
  })

  it('cannot be given if no account serves such a payment', async () => {
    const query = { currency: 'EUR', method: { flow: 'upi_intent' } } as const
    const { provider, remove } = await stage(accounts, { routes: [{ when: {}, to: to('mail') }] })
    expect(await fail(provider.requirements(query))).toMatchObject({
      _tag: 'Unsupported',
      issues: [{ path: 'route' }],
    })
    remove('mail')
    expect(await fail(provider.requirements({ currency: 'EUR' }))).toMatchObject({ _tag: 'Unsupported' })
  })

  it('cannot be given for a query that is wrong', async () => {
    const { provider } = await stage(accounts)
    expect(await fail(provider.requirements({ currency: 'eur' }))).toMatchObject({
      _tag: 'InvalidRequest',
      issues: [{ path: 'currency' }],
    })
  })
})

describe('a payment without a field that an account of its route needs', () => {
  const request = { ...paymentRequest('k1'), payer: { email: 'made.up@example.com' } }

  it.each([
    ['first', ['mail', 'plain']],
    ['last', ['plain', 'mail']],
  ] as const)(
    'is InvalidRequest that names the account where it comes %s: nothing is claimed or sent',
    async (...of) => {
      const { provider, store, connected, written } = await stage(accounts, {
        routes: [{ when: {}, to: to(...of[1]) }],
      })
      const error = await fail(provider.createPayment(request))
      expect(error).toMatchObject({ _tag: 'InvalidRequest', outcome: 'not_sent', issues: [{ path: 'urls.success' }] })
      expect(error.message).toContain('mail needs it')
      expect(await succeed(store.operationByKey('createPayment', 'k1'))).toBeUndefined()
      expect(written('claim')).toEqual([])
      expect([...connected('mail'), ...connected('plain')]).toEqual([])
    },
  )

  it('names every field, with the accounts that need it', async () => {
    const { provider } = await stage(accounts, { routes: [{ when: {}, to: to('mail', 'phone') }] })
    const error = await fail(provider.createPayment(paymentRequest('k1')))
    expect(error).toMatchObject({
      issues: [{ path: 'payer.email' }, { path: 'urls.success' }, { path: 'payer.phone' }],
    })
    expect(error.message).toContain('mail and phone need it')
  })

  it('is served where the account that needs it is on another route', async () => {
    const routes = [
      { when: { country: ['DE'] }, to: to('mail') },
      { when: {}, to: to('plain') },
    ]
    const { provider } = await stage(accounts, { routes })
    expect(await succeed(provider.createPayment(request))).toMatchObject({ account: 'plain' })
  })

  it.each([
    ['result', { submission: [ok] }],
    ['refusal', { submission: [says(400, 'wrong')] }],
    ['unknown outcome', { submission: [lost] }],
  ] as const)('still gets the recorded %s of a key that was used before', async (_what, plain) => {
    const { provider, reroute, sent } = await stage({ ...accounts, plain }, { routes: [{ when: {}, to: to('plain') }] })
    const before = await provider.createPayment(request)()
    reroute([{ when: {}, to: to('plain', 'mail') }])
    expect(await provider.createPayment(request)()).toEqual(
      pipe(
        before,
        E.map((result) => ({ ...result, replayed: true as const })),
      ),
    )
    const other = await fail(provider.createPayment({ ...request, idempotencyKey: 'k2' }))
    expect(other).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'urls.success' }] })
    expect(sent('plain')).toBe(1)
  })
})
