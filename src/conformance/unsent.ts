import assert from 'node:assert/strict'
import { type Beneficiary, checkPaymentRequest, flowCapability, flowNames, type PaymentRequest } from '../core/index.js'
import { assertNoSecret, firstFlow, type Harness } from './harness.js'
import type { Requirement } from './requirement.js'

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

const declaredPayment = ({ adapter }: Harness) => {
  const { createPayment } = adapter.capabilities
  assert.ok(createPayment.supported)
  return createPayment
}

/** Requirements about what is told, or refused, before anything is sent. */
export const unsentRequirements: readonly Requirement[] = [
  {
    name: 'the identity names the adapter, holds no secret, and stays when the secrets are replaced',
    run: async ({ subject, adapter, withUnknownCredentials, gateway }) => {
      assert.equal(adapter.identity.adapter, adapter.capabilities.adapter)
      const { payableMs } = adapter.capabilities
      assert.ok(payableMs === 'unlimited' || payableMs >= 0, 'how long a payment can be paid')
      assertNoSecret(subject.secrets, adapter.identity, 'the identity')
      assert.deepEqual(withUnknownCredentials.identity, adapter.identity)
      assert.equal(gateway.requests(), 0)
    },
  },
  {
    name: 'a flow that is not declared is Unsupported, and nothing is sent',
    run: async (harness) => {
      const sample = harness.subject.samples.payment(firstFlow(harness), 'key-1')
      for (const flow of flowNames.filter((candidate) => !(candidate in declaredPayment(harness).flows))) {
        const error = await harness.fail(harness.provider.createPayment({ ...sample, method: { flow } }))
        assert.equal(error._tag, 'Unsupported')
      }
      assert.equal(harness.gateway.requests(), 0)
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
    name: 'an optional field is passed on, or kept and listed in notPassedOn, and never a reason to refuse',
    run: async (harness) => {
      const { subject, provider, adapter, succeed } = harness
      const flow = firstFlow(harness)
      const places = flowCapability(adapter.capabilities, flow)?.fields ?? []
      const sample = subject.samples.payment(flow, 'key-1')
      for (const [path, value] of Object.entries(subject.samples.optionalPaymentFields)) {
        const request = withField(sample, path, value)
        assert.equal(checkPaymentRequest(request)._tag, 'Right', `the sample for ${path} is not valid in itself`)
        const { notPassedOn = [] } = await succeed(provider.createPayment(request))
        const isListed = notPassedOn.some((listed) => listed === path || listed.startsWith(`${path}.`))
        assert.ok(isListed || places.some((place) => place === path), `${path} is dropped in silence`)
      }
    },
  },
  {
    name: 'a field that the gateway needs is InvalidRequest where it is missing, and nothing is sent',
    run: async (harness) => {
      const { subject, provider, adapter, fail, gateway } = harness
      const flow = firstFlow(harness)
      for (const path of flowCapability(adapter.capabilities, flow)?.required ?? []) {
        const error = await fail(
          provider.createPayment(withField(subject.samples.payment(flow, 'key-1'), path, undefined)),
        )
        assert.ok(error._tag === 'InvalidRequest', `${path}: ${error._tag}`)
        assert.ok(
          error.issues.some((issue) => issue.path === path),
          path,
        )
      }
      assert.equal(gateway.requests(), 0)
    },
  },
  {
    name: 'a reference to another account is refused, and nothing is sent',
    run: async ({ provider, fail, gateway }) => {
      const reference = { kind: 'payment', account: 'another-account', id: 'abcdefgh-1' } as const
      assert.equal((await fail(provider.getStatus(reference)))._tag, 'InvalidRequest')
      assert.equal(gateway.requests(), 0)
    },
  },
]
