import * as E from 'fp-ts/lib/Either.js'
import type { Adapter, AdapterFactory } from '../../src/core/index.js'
import { createAdapter } from '../../src/paymux/create-adapter.js'
import { paymux } from '../../src/paymux/index.js'
import { fakeAdapter, fakeSocket } from '../core/fake-adapter.js'
import { left } from './stage.js'

const sound = fakeAdapter(fakeSocket().send)

/** A copy of an object with one field replaced, functions kept. */
const withField = (object: object, [name = '', ...rest]: readonly string[], value: unknown): object => ({
  ...object,
  [name]: rest.length === 0 ? value : withField(Object(Reflect.get(object, name)), rest, value),
})

const load = (factory: AdapterFactory, config: object = {}) =>
  createAdapter({ adapter: 'acme', ...config }, { acme: async () => factory })()

describe('an adapter that is loaded', () => {
  it('is taken if it keeps the interface', async () => {
    expect(await load(() => E.right(sound), { account: 'main' })).toEqual(E.right(sound))
  })

  it.each([
    ['contract', 'another version'],
    ['account', 'not a name!'],
    ['identity.project', Object('x')],
    ['gateway', 7],
    ['send', 'nothing'],
    ['createPayment.draft', 'nothing'],
    ['refund.interpret', 'nothing'],
    ['payout', 'nothing'],
    ['read.payout', 'nothing'],
    ['notification', 'nothing'],
    ['capabilities', 'nothing'],
    ['capabilities.disputes', 'maybe'],
    ['capabilities.createPayment.flows', 'hosted'],
    ['capabilities.createPayment.flows.hosted.effect', 'reads'],
    ['capabilities.createPayment.deduplication.kind', 'sometimes'],
    ['capabilities.refund.perPayment', 'few'],
    ['capabilities.refund.supported', 'yes'],
    ['capabilities.payout.currencies', 'some'],
  ])('with a wrong %s is InvalidConfig, which names the adapter and the field', async (path, value) => {
    const factory: AdapterFactory = () => E.right(withField(sound, path.split('.'), value) as Adapter)
    const result = await load(factory)
    expect(result).toMatchObject(E.left({ _tag: 'InvalidConfig' }))
    const issues = E.isLeft(result) && result.left._tag === 'InvalidConfig' ? result.left.issues : []
    expect(issues[0]?.path).toMatch(/^adapter\.acme\./)
    expect(issues.some((issue) => issue.path.startsWith(`adapter.acme.${path.split('.')[0]}`))).toBe(true)
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no Either', sound],
    ['no adapter', E.right(undefined)],
    ['an error of its own', E.left('no')],
  ])('is InvalidConfig where its factory gives %s', async (_what, made) => {
    const factory = (() => made) as AdapterFactory
    expect(await load(factory)).toMatchObject(E.left({ _tag: 'InvalidConfig' }))
  })

  it('is InvalidConfig under the name of the account that the configuration gives another name', async () => {
    expect(await load(() => E.right(sound), { account: 'other' })).toMatchObject(
      E.left({ _tag: 'InvalidConfig', issues: [{ path: 'adapter.acme.account' }] }),
    )
    const error = await left(
      paymux(
        {
          accounts: { other: { adapter: 'payop', publicKey: 'application-made-up', secretKey: 'made-up' } },
          store: { type: 'sqlite', file: ':memory:' },
        },
        { catalog: { payop: async () => () => E.right(sound) } },
      ),
    )
    expect(error).toMatchObject({ issues: [{ path: 'accounts.other.adapter.payop.account' }] })
  })

  it('is told its own refusal of the configuration', async () => {
    const error = { _tag: 'InvalidConfig', outcome: 'not_sent', retry: 'never', message: 'x', issues: [] } as const
    expect(await load(() => E.left(error))).toEqual(E.left(error))
  })
})
