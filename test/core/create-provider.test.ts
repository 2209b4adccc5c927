import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type AdapterFactory,
  type Catalog,
  createStatelessProvider,
  decodeConfig,
  exactObject,
  SecretText,
  Token,
} from '../../src/core/index.js'
import { createAdapter } from '../../src/paymux/create-adapter.js'
import { fakeAdapter, fakeSocket } from './fake-adapter.js'
import { paymentRequest } from './requests.js'

const Config = exactObject('a fake account', { adapter: Token, secretKey: SecretText }, {})
const socket = fakeSocket()
const fake: AdapterFactory = (config) => E.map(() => fakeAdapter(socket.send))(decodeConfig(Config, config))

const bug = () => {
  throw new Error('CANARY: a bug')
}

/** What was loaded, and a catalog of somebody else's adapters, sound and broken. */
const setUp = () => {
  const loaded: string[] = []
  const load = (name: string, adapter: () => AdapterFactory | Promise<AdapterFactory>) => async () => {
    loaded.push(name)
    return adapter()
  }
  const catalog: Catalog = {
    fake: load('fake', () => fake),
    missing: load('missing', () => Promise.reject(new Error('CANARY: Cannot find module'))),
    broken: load('broken', bug),
    throwing: load('throwing', () => bug),
  }
  return { loaded, catalog }
}

const sound = { adapter: 'fake', secretKey: 'sk_made_up' }

describe('a provider from a configuration', () => {
  it('comes from the adapter it names, and from a catalog of one’s own', async () => {
    const { loaded, catalog } = setUp()
    const payment = pipe(
      createAdapter(sound, catalog),
      TE.flatMap((adapter) => createStatelessProvider(adapter).createPayment(paymentRequest)),
    )
    expect(await payment()).toMatchObject(E.right({ reference: { account: 'main' } }))
    expect(loaded).toEqual(['fake'])
  })

  it('loads nothing before its task is run', async () => {
    const { loaded, catalog } = setUp()
    const task = createAdapter(sound, catalog)
    expect(loaded).toEqual([])
    expect(await task()).toMatchObject(E.right({ account: 'main' }))
    expect(loaded).toEqual(['fake'])
  })

  it.each([
    ['names no adapter', {}],
    ['names an adapter that there is not', { adapter: 'other CANARY' }],
    ['names a part of every object', { adapter: 'constructor' }],
    ['names no text', { adapter: 7 }],
  ])('is InvalidConfig with the names there are, where it %s', async (_what, config) => {
    const { loaded, catalog } = setUp()
    const result = await createAdapter(config, catalog)()
    expect(result).toMatchObject(
      E.left({
        _tag: 'InvalidConfig',
        issues: [{ path: 'adapter', expected: 'payop or ippopay or fake or missing or broken or throwing' }],
      }),
    )
    expect(inspect(result, { depth: 9 })).not.toContain('CANARY')
    expect(loaded).toEqual([])
  })

  it.each([undefined, null, 'fake', 7, []])('is InvalidConfig where the configuration is %j', async (config) => {
    expect(await createAdapter(config, setUp().catalog)()).toMatchObject(
      E.left({ _tag: 'InvalidConfig', issues: [{ path: '(root)', expected: 'a configuration' }] }),
    )
  })

  it.each(['missing', 'broken', 'throwing'])('is InvalidConfig where the adapter is %s', async (adapter) => {
    const result = await createAdapter({ ...sound, adapter }, setUp().catalog)()
    expect(result).toMatchObject(
      E.left({ _tag: 'InvalidConfig', issues: [{ path: 'adapter', expected: 'an adapter that can be loaded' }] }),
    )
    expect(inspect(result, { depth: 9 })).not.toContain('CANARY')
  })

  it('passes the adapter’s own complaints on, without a value', async () => {
    const result = await createAdapter(
      { ...sound, secretKey: 'CANARY with a space', color: 'CANARY' },
      setUp().catalog,
    )()
    expect(result).toMatchObject(
      E.left({
        _tag: 'InvalidConfig',
        outcome: 'not_sent',
        issues: [
          { path: 'color', expected: 'no such field' },
          { path: 'secretKey', expected: 'a secret: text without spaces' },
        ],
      }),
    )
    expect(inspect(result, { depth: 9 })).not.toContain('CANARY')
  })

  it('knows its own adapters where no catalog is given', async () => {
    expect(await createAdapter({ adapter: 'nobody' })()).toMatchObject(
      E.left({ _tag: 'InvalidConfig', issues: [{ path: 'adapter', expected: 'payop or ippopay' }] }),
    )
  })
})
