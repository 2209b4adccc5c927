import { setTimeout } from 'node:timers/promises'
import { startIppoPayEmulator, startPayopEmulator } from 'paymux/emulators'

/** An emulated gateway, as the demo needs it: its place, what it can be made to do, and its own record. */
export interface EmulatedGateway {
  readonly name: string
  /** What the configuration refers to. */
  readonly variables: Readonly<Record<string, string>>
  /** The shop's notification address, where it is entered at the gateway. */
  readonly enter: (address: string) => void
  /** Sends the notification that came about one payment again, with the id of another put in. */
  readonly forge: (about: string, genuine: string) => Promise<void>
  readonly timePasses: () => Promise<void>
  /** The next payout is executed, and never answered. Resolves once it is executed. */
  readonly keepPayoutAnswer: () => Promise<void>
  /** One line for each payment, refund and payout it holds, in the words of its documentation turned into ours. */
  readonly record: () => readonly string[]
  readonly pages: string
  readonly adminUrl: string
  readonly close: () => Promise<void>
}

interface Records {
  readonly deliveries: () => ReadonlyArray<{ readonly url: string; readonly body: string }>
  readonly executions: () => ReadonlyArray<{ readonly operation: string; readonly executed: boolean }>
}

const forgeOf =
  ({ deliveries }: Records) =>
  async (about: string, genuine: string): Promise<void> => {
    const delivery = deliveries().find(({ body }) => body.includes(genuine))
    if (delivery === undefined) throw new Error('there is no notification to forge')
    const body = delivery.body.replaceAll(genuine, about)
    const type = body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded'
    const answer = await fetch(delivery.url, { method: 'POST', headers: { 'content-type': type }, body })
    if (answer.status !== 200) throw new Error(`the forged notification was answered ${answer.status}`)
  }

const payoutExecuted = async ({ executions }: Records): Promise<void> => {
  const count = () => executions().filter(({ operation, executed }) => operation === 'payout' && executed).length
  const before = count()
  while (count() === before) await setTimeout(5)
}

const keptAnswer = { kind: 'silence_after_executing' } as const
const line = (kind: string, status: string, amount: number, currency: string) =>
  `${kind} ${status} ${amount.toFixed(2)} ${currency}`

// Written apart from the adapters' tables on purpose: what is compared must not share its mistakes.
const payopInvoice: Readonly<Record<number, string>> = { 0: 'requires_action', 1: 'succeeded', 4: 'processing' }
const payopMoney: Readonly<Record<number, string>> = { 1: 'processing', 2: 'succeeded', 3: 'failed' }

const startPayop = async (): Promise<EmulatedGateway> => {
  const payop = await startPayopEmulator()
  const { publicKey, secretKey, token, projectId, certificate } = payop.credentials
  return {
    name: 'payop',
    variables: {
      PAYOP_API_URL: payop.apiUrl,
      PAYOP_CHECKOUT_URL: payop.checkoutUrl,
      PAYOP_PUBLIC_KEY: publicKey,
      PAYOP_SECRET_KEY: secretKey,
      PAYOP_TOKEN: token,
      PAYOP_PROJECT_ID: projectId,
      PAYOP_CERTIFICATE: certificate,
    },
    enter: (checkout) => payop.setIpnUrls({ checkout }),
    forge: forgeOf(payop),
    timePasses: () => payop.clock.advance(60_000),
    keepPayoutAnswer: () => {
      payop.inject({ route: 'POST /v1/withdrawals/create-mass', fault: keptAnswer })
      return payoutExecuted(payop)
    },
    record: () => [
      ...payop
        .invoices()
        .map((i) => line('payment', payopInvoice[Number(i.status)] ?? '?', Number(i.amount), i.currency)),
      ...payop.refunds().map((r) => line('refund', payopMoney[Number(r.status)] ?? '?', r.amount, r.currency)),
      ...payop.withdrawals().map((w) => line('payout', payopMoney[Number(w.status)] ?? '?', w.amount, w.currency)),
    ],
    pages: payop.checkoutUrl,
    adminUrl: payop.adminUrl,
    close: payop.close,
  }
}

const startIppoPay = async (): Promise<EmulatedGateway> => {
  const ippopay = await startIppoPayEmulator()
  const { publicKey, secretKey, payouts } = ippopay.credentials
  const paid = (status: string) => (status === 'paid' ? 'succeeded' : 'requires_action')
  const transferred = (status: string) => (status === 'success' ? 'succeeded' : status)
  return {
    name: 'ippopay',
    variables: {
      IPPOPAY_API_URL: ippopay.apiUrl,
      IPPOPAY_CHECKOUT_URL: ippopay.checkoutUrl,
      IPPOPAY_PUBLIC_KEY: publicKey,
      IPPOPAY_SECRET_KEY: secretKey,
      IPPOPAY_PAYOUTS_PUBLIC_KEY: payouts.publicKey,
      IPPOPAY_PAYOUTS_SECRET_KEY: payouts.secretKey,
    },
    // Each order carries its own address.
    enter: () => undefined,
    forge: forgeOf(ippopay),
    timePasses: () => ippopay.clock.advance(60_000),
    keepPayoutAnswer: () => {
      ippopay.inject({ route: 'POST /v1/payout/transfer/request', fault: keptAnswer })
      return payoutExecuted(ippopay)
    },
    record: () => [
      ...ippopay.orders().map((o) => line('payment', paid(o.status), o.amountPaise / 100, o.currency)),
      // The gateway reports that it accepted a refund, and no more.
      ...ippopay
        .orders()
        .flatMap((o) => ippopay.refunds(o.orderId))
        .map((r) => line('refund', 'processing', r.amountPaise / 100, 'INR')),
      ...ippopay.transfers().map((t) => line('payout', transferred(t.status), t.amountPaise / 100, 'INR')),
    ],
    pages: ippopay.checkoutUrl,
    adminUrl: ippopay.adminUrl,
    close: ippopay.close,
  }
}

/** Starts both emulators, by the market they serve. */
export const startGateways = async (): Promise<Readonly<Record<string, EmulatedGateway>>> => ({
  europe: await startPayop(),
  india: await startIppoPay(),
})
