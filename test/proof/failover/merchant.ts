import * as E from 'fp-ts/lib/Either.js'
import type { Payment, PaymentError, PaymentProvider, PaymentRequest, Reference } from '../../../src/core/index.js'
import { succeed } from '../../either.js'
import type { Gateways } from '../stage/gateways.js'
import { hostedPayment, idOf } from '../stage/plays.js'
import type { Stage } from '../stage/stage.js'

/** A merchant who wants to collect an amount once, and its payer. */
export interface Intent {
  readonly key: string
  readonly flow: 'hosted' | 'upi_intent'
  /** The caller calls twice at once. */
  readonly isImpatient: boolean
}

/** What became of it. */
export interface Collected {
  /** What the payer was sent to, each once. */
  readonly released: readonly Reference<'payment'>[]
  /** How many times a person had to look. */
  readonly resolved: number
  readonly attempts: number
  /** The errors that were reported on the way, by their tag. */
  readonly results: readonly string[]
}

const TRIES = 12
const POLL_MS = 6_000

const requestOf = ({ key, flow }: Intent): PaymentRequest => ({
  ...hostedPayment('INR', '49.00'),
  idempotencyKey: key,
  merchantReference: key,
  description: key,
  method: { flow },
})

/** A person looks at the gateway: was the UPI payment of the attempt's order begun? */
const resolveByHand = async (stage: Stage, { ippopay }: Gateways, operationId: string): Promise<number> => {
  const view = await succeed(stage.ledger.operation(operationId))
  const reference = view?.attempts.at(-1)?.reference
  const orderId = reference !== undefined && 'id' in reference ? reference.id : ''
  if (ippopay.transactions(orderId).length > 0) return 0
  const resolution = { outcome: 'not_executed', attestedBy: 'ops', note: 'the execution log' } as const
  const resolved = await stage.paymux.resolve(operationId, resolution)()
  return E.isRight(resolved) ? 1 : 0
}

/** The payer pays every link that anybody was given. */
const pay = ({ payop, ippopay }: Gateways, { reference, nextAction }: Payment): void => {
  if (nextAction?.type !== 'redirect') return
  const id = idOf({ reference })
  if (reference.account === 'payop') payop.act(id, 'pay')
  else ippopay.pay(id, 'success')
}

/** Calls until there is a payment, under one key throughout, and sends the payer to every link that it gets. */
export const collect = async (
  stage: Stage,
  gateways: Gateways,
  providers: readonly PaymentProvider[],
  intent: Intent,
): Promise<Collected> => {
  const released = new Map<string, Payment>()
  const results: string[] = []
  let resolved = 0
  const call = (provider: PaymentProvider) => provider.createPayment(requestOf(intent))()

  const record = async (answer: E.Either<PaymentError, Payment>, n: number): Promise<void> => {
    if (E.isRight(answer)) {
      const id = idOf(answer.right)
      if (!released.has(id)) pay(gateways, answer.right)
      released.set(id, answer.right)
      return
    }
    results.push(answer.left._tag)
    if (answer.left._tag !== 'Indeterminate' || answer.left.operationId === undefined) return
    stage.advance(POLL_MS)
    await stage.recover(answer.left.operationId)
    if (n > 2) resolved += await resolveByHand(stage, gateways, answer.left.operationId)
  }

  for (let n = 0; n < TRIES && released.size === 0; n += 1) {
    const [first, second] = n % 2 === 0 ? providers : providers.toReversed()
    const callers = [first, ...(intent.isImpatient ? [second] : [])].filter((caller) => caller !== undefined)
    for (const answer of await Promise.all(callers.map(call))) await record(answer, n)
  }
  const view = await succeed(stage.ledger.operationByKey('createPayment', intent.key))
  return {
    released: [...released.values()].map(({ reference }) => reference),
    resolved,
    attempts: view?.attempts.length ?? 0,
    results,
  }
}
