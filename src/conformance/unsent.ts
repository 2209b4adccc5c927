import assert from 'node:assert/strict'
import { type Beneficiary, checkPaymentRequest, type Flow, type PaymentRequest } from '../core/index.js'
import type { Clause } from './clause.js'
import { assertNoSecret, firstFlow, type Rig } from './rig.js'

const flows: readonly Flow[] = ['hosted', 'direct', 'popup', 'upi_intent']

const beneficiaries: readonly Beneficiary[] = [
  { type: 'paydo_account', account: '100200300' },
  { type: 'iban', iban: 'DE89370400440532013000', name: 'Bea Payee', email: 'bea@example.org' },
  { type: 'indian_bank_account', accountNumber: '000111222333', ifsc: 'TEST0000001', name: 'Bea Payee' },
]

/** A copy with a value put at a path such as `payer.locale`. */
const withField = (request: PaymentRequest, path: string, value: unknown): PaymentRequest => {
  const [head = '', ...rest] = path.split('.')
  const below = Object.entries(request).find(([key]) => key === head)?.[1] ?? {}
  return { ...request, [head]: rest.length === 0 ? value : { ...below, [rest.join('.')]: value } }
}

const declaredPayment = ({ adapter }: Rig) => {
  const { createPayment } = adapter.capabilities
  assert.ok(createPayment.supported)
  return createPayment
}

/** Laws about what is told, or refused, before anything is sent. */
export const unsentClauses: readonly Clause[] = [
  {
    name: 'the identity names the adapter, holds no secret, and stays when the secrets are replaced',
    run: async ({ subject, adapter, stranger, gateway }) => {
      assert.equal(adapter.identity.adapter, adapter.capabilities.adapter)
      assertNoSecret(subject.secrets, adapter.identity, 'the identity')
      assert.deepEqual(stranger.identity, adapter.identity)
      assert.equal(gateway.requests(), 0)
    },
  },
  {
    name: 'a flow that is not declared is Unsupported, and nothing is sent',
    run: async (rig) => {
      const sample = rig.subject.samples.payment(firstFlow(rig), 'key-1')
      for (const flow of flows.filter((candidate) => !(candidate in declaredPayment(rig).flows))) {
        const error = await rig.fail(rig.provider.createPayment({ ...sample, method: { flow } }))
        assert.equal(error._tag, 'Unsupported')
      }
      assert.equal(rig.gateway.requests(), 0)
    },
  },
  {
    name: 'a beneficiary that is not declared is Unsupported, and nothing is sent',
    run: async ({ subject, adapter, provider, fail, gateway }) => {
      const { payout } = adapter.capabilities
      const declared = payout.supported ? payout.beneficiaries : []
      for (const beneficiary of beneficiaries.filter(({ type }) => !declared.includes(type))) {
        const error = await fail(provider.payout({ ...subject.samples.payout('key-1'), beneficiary }))
        assert.equal(error._tag, 'Unsupported')
      }
      assert.equal(gateway.requests(), 0)
    },
  },
  {
    name: 'an optional field without a place at the gateway is Unsupported and named; a declared one is taken',
    run: async (rig) => {
      const { subject, provider, gateway, adapter } = rig
      const sample = subject.samples.payment(firstFlow(rig), 'key-1')
      for (const [path, value] of Object.entries(subject.samples.optionalPaymentFields)) {
        const request = withField(sample, path, value)
        assert.equal(checkPaymentRequest(request)._tag, 'Right', `the sample for ${path} is not valid in itself`)
        const before = gateway.requests()
        if (adapter.capabilities.paymentFields.includes(path)) {
          await rig.succeed(provider.createPayment(request))
          continue
        }
        const error = await rig.fail(provider.createPayment(request))
        assert.ok(error._tag === 'Unsupported', `${path}: ${error._tag}`)
        assert.ok(
          error.issues.some((issue) => issue.path === path || issue.path.startsWith(`${path}.`)),
          path,
        )
        assert.equal(gateway.requests(), before)
      }
    },
  },
  {
    name: 'a reference to another account is refused, and nothing is sent',
    run: async ({ provider, fail, gateway }) => {
      const reference = { kind: 'payment', account: 'somebody-else', id: 'abcdefgh-1' } as const
      assert.equal((await fail(provider.getStatus(reference)))._tag, 'InvalidRequest')
      assert.equal(gateway.requests(), 0)
    },
  },
]
