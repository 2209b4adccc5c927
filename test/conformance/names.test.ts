import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type PayopConfig, payop } from '../../src/adapters/payop/index.js'
import { conformance, type Fixture } from '../../src/conformance/index.js'
import type { Adapter, Draft } from '../../src/core/index.js'
import { startPayopEmulator } from '../../src/emulators/index.js'
import { onRealSockets, stageOf } from './stage.js'

/** Which adapters fail the requirement that a read names the operation. */

onRealSockets()

const REQUIREMENT = 'createPayment by hosted: a read names what its draft names, and another operation otherwise'

type Names = Draft['names']

/** An adapter that names payments otherwise: in its drafts, and in its reads. */
const naming = (adapter: Adapter, inDraft: (names: Names) => Names, inRead: (names: Names) => Names): Adapter => {
  const { draft, interpret } = adapter.createPayment
  const named = <A extends { readonly names?: Names }>({ names, ...rest }: A, change: (names: Names) => Names) => {
    const changed = change(names)
    return { ...rest, ...(changed === undefined ? {} : { names: changed }) }
  }
  return {
    ...adapter,
    createPayment: {
      draft: (input, call) =>
        pipe(
          draft(input, call),
          TE.map((made) => named(made, inDraft)),
        ),
      interpret,
    },
    read: {
      ...adapter.read,
      payment: (reference, call) =>
        pipe(
          adapter.read.payment(reference, call),
          TE.map((read) => named(read, inRead)),
        ),
    },
  }
}

const start = async (change: (adapter: Adapter) => Adapter): Promise<Fixture> => {
  const emulator = await startPayopEmulator()
  const { apiUrl, checkoutUrl, credentials } = emulator
  const config: PayopConfig = { adapter: 'payop', apiUrl, checkoutUrl, ...credentials }
  const play = {
    routeOf: () => 'POST /v1/invoices/create',
    paymentRoute: 'GET /v1/invoices/:id',
    pay: async () => {},
    decline: async () => {},
    inventState: () => {},
  }
  return stageOf(emulator, play, (transport) => pipe(payop(config, { transport }), E.map(change)))
}

/** Runs the requirement against an adapter. */
const meets = async (change: (adapter: Adapter) => Adapter): Promise<void> => {
  const requirements = new Map<string, () => Promise<void>>()
  const amount = { value: '49.90', currency: 'EUR' }
  const unused = () => {
    throw new Error('not asked for')
  }
  conformance(
    {
      name: 'payop',
      submissions: [{ operation: 'createPayment', flow: 'hosted' }],
      start: () => start(change),
      samples: {
        payment: (flow, idempotencyKey) => ({
          idempotencyKey,
          amount,
          merchantReference: 'ORD-1001',
          payer: { email: 'ann.buyer@example.com' },
          method: { flow },
          urls: { success: 'https://shop.example/thanks', failure: 'https://shop.example/sorry' },
        }),
        refund: unused,
        payout: unused,
        optionalPaymentFields: {},
      },
      secrets: [],
      exemptions: {},
    },
    { describe: (_name, body) => body(), it: (name, body) => requirements.set(name, body) },
  )
  await (requirements.get(REQUIREMENT) ?? unused)()
}

const same = (names: Names) => names
const none = () => undefined

it('an adapter whose reads name what its drafts do meets it', async () => {
  await expect(meets((adapter) => adapter)).resolves.toBeUndefined()
})

it.each<[string, (names: Names) => Names, (names: Names) => Names, RegExp]>([
  ['whose reads name nothing', same, none, /names nothing/],
  ['whose drafts name nothing', none, same, /names nothing/],
  ['whose reads name another object', same, () => ({ key: 'another' }), /another object/],
  ['that names every payment alike', () => ({ shop: 'x' }), () => ({ shop: 'x' }), /named alike/],
])('an adapter %s fails it', async (_name, inDraft, inRead, message) => {
  await expect(meets((adapter) => naming(adapter, inDraft, inRead))).rejects.toThrow(message)
})
