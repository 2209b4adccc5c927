import type { PaymentRequest, PayoutRequest, RefundRequest } from '../../src/core/index.js'

/** Secrets and personal values by what they are, each unlike everything else. All of them are made up. */
export const createCanaries = () => {
  const values = new Map<string, string>()
  const plant = (what: string, value: string): string => {
    values.set(what, value)
    return value
  }
  // A duration may begin with the digits of an amount.
  const isAmount = (value: string): boolean => /^\d+\.\d+$/.test(value)
  const isIn = (text: string, value: string): boolean =>
    isAmount(value)
      ? new RegExp(`(?<![\\d.])${value.replace('.', '\\.')}(?!\\d)`).test(text)
      : [value, encodeURIComponent(value), Buffer.from(value).toString('base64').replace(/=+$/, '')].some((form) =>
          text.includes(form),
        )
  return {
    plant,
    count: () => values.size,
    /** What of it is in a text, as it is, escaped or in base64. */
    leaksIn: (text: string): readonly string[] =>
      [...values].flatMap(([what, value]) => (isIn(text, value) ? [what] : [])),
  }
}

/** Plants values. */
export type Plant = ReturnType<typeof createCanaries>['plant']

/** A payment whose every value is a canary. `by` tells payments apart. */
export const canaryOrder = (plant: Plant, by: string, currency = 'EUR'): PaymentRequest => {
  const minor = { a: '48271', b: '48272', c: '48273', d: '48274', e: '48275' }[by] ?? '48279'
  return {
    idempotencyKey: plant(`idempotency key of payment ${by}`, `key-of-ann.buyer-${by}`),
    amount: { value: plant(`amount of payment ${by}`, `${minor}.37`), currency },
    merchantReference: plant(`merchant reference of payment ${by}`, `ORD-annbuyer-${by}`),
    description: plant(`description of payment ${by}`, `Stockings for Ann ${by}`),
    metadata: {
      basket: plant(`metadata of payment ${by}`, `basket-of-ann-${by}`),
      note: plant(`note in metadata of payment ${by}`, `leave it with Bob Neighbour ${by}`),
    },
    payer: {
      name: plant(`payer of payment ${by}`, `Annabel Buyerson${by}`),
      email: plant(`e-mail of payment ${by}`, `annabel.${by}@private.example`),
      phone: plant(`phone of payment ${by}`, `+9198765${minor}`),
      ip: plant(`ip of payment ${by}`, `203.0.113.${by.charCodeAt(0)}`),
    },
    urls: {
      success: plant(`success address of payment ${by}`, `https://shop.example/thanks?order=${by}&session=s3cr3t${by}`),
      failure: plant(`failure address of payment ${by}`, `https://shop.example/sorry?order=${by}&session=s3cr3t${by}`),
    },
  }
}

/** A payout whose every value is a canary. */
export const canaryPayout = (plant: Plant, by: string): PayoutRequest => ({
  idempotencyKey: plant(`idempotency key of payout ${by}`, `key-of-pat.payee-${by}`),
  amount: { value: plant(`amount of payout ${by}`, `731.0${by === 'a' ? 1 : 2}`), currency: 'EUR' },
  merchantReference: plant(`merchant reference of payout ${by}`, `INV-patpayee-${by}`),
  description: plant(`description of payout ${by}`, `Wages of Pat ${by}`),
  metadata: { supplier: plant(`metadata of payout ${by}`, `supplier-pat-${by}`) },
  beneficiary: {
    type: 'iban',
    iban: plant('iban', 'DE89370400440532013000'),
    name: plant('beneficiary', 'Patricia Payeeson'),
    email: plant('e-mail of the beneficiary', 'patricia@private.example'),
  },
})

/** A payout in India whose every value is a canary. */
export const canaryRupeePayout = (plant: Plant): PayoutRequest => ({
  idempotencyKey: plant('idempotency key of the payout in India', 'key-of-asha.supplier'),
  amount: { value: plant('amount of the payout in India', '7432.19'), currency: 'INR' },
  merchantReference: plant('merchant reference of the payout in India', 'INV-asha'),
  metadata: { supplier: plant('metadata of the payout in India', 'supplier-asha') },
  beneficiary: {
    type: 'indian_bank_account',
    accountNumber: plant('account number', '000111222333'),
    ifsc: plant('ifsc', 'TEST0000001'),
    name: plant('beneficiary in India', 'Asha Supplierson'),
  },
})

/** A refund whose every value is a canary. */
export const canaryRefund = (
  plant: Plant,
  by: string,
  payment: RefundRequest['payment'],
  currency = 'EUR',
): RefundRequest => ({
  idempotencyKey: plant(`idempotency key of refund ${by}`, `key-of-refund-to-ann-${by}`),
  payment,
  amount: { value: plant(`amount of refund ${by}`, `19.8${by.charCodeAt(0) % 10}`), currency },
  metadata: { reason: plant(`metadata of refund ${by}`, `Ann was ill ${by}`) },
})
