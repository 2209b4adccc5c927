import * as E from 'fp-ts/lib/Either.js'
import type { Catalog, PaymentError, PaymentProvider, Reference, Refund } from '../../src/core/index.js'
import type { Store } from '../../src/ledger/index.js'
import { sharedPostgres } from '../postgres/server.js'
import { eachOf, type Prove } from './proof.js'
import { accountsOf, type Gateways, startGateways } from './stage/gateways.js'
import { idOf, paidPayment } from './stage/plays.js'
import { openStage, type Stage } from './stage/stage.js'
import { type NewPlace, postgresOn, sqliteFile } from './stage/stores.js'

/**
 * Over-refund race: four processes ask for more refunds of one captured payment than it holds, all at once and each under a
 * key of its own, while some answers are lost and some refunds are refused. Refused ones are asked for again until nothing
 * is left. What refunds hold back is what was captured, exactly, and the gateway never gave back more.
 */

const PROCESSES = 4
/** 100.00 holds twenty of 5.00. */
const REFUNDS = 64
const FIT = 20
const ROUTE = 'POST /v1/refunds/create'

interface Counts {
  payments: number
  refunds: number
  granted: number
  unknown: number
  rejected: number
  problems: string[]
}

interface RaceOptions {
  readonly payments: number
  readonly newPlace: NewPlace
  /** Begins the keys. */
  readonly prefix: string
  /** What the processes' stores are wrapped in: a test's way to break them. */
  readonly wrapped?: (store: Store) => Store
  readonly catalog?: Catalog
}

/** Some answers are lost after the gateway has executed, and some refunds are refused and never were. */
const spoil = ({ payop }: Gateways): void => {
  payop.inject({ route: ROUTE, fault: { kind: 'reset_after_executing' }, times: 2 })
  const body = { message: 'Insufficient funds' }
  payop.inject({ route: ROUTE, fault: { kind: 'status', status: 422, effect: false, body }, times: 3 })
}

const isReserved = (result: E.Either<PaymentError, Refund>): boolean =>
  E.isRight(result) || result.left.outcome === 'unknown'

/** What is wrong with the ledger's payment and the gateway's refunds after a race. */
const audited = async (
  { ledger }: Stage,
  { payop }: Gateways,
  payment: Reference<'payment'>,
  holding: number,
): Promise<readonly string[]> => {
  const id = idOf({ reference: payment })
  const found = await ledger.object({ kind: 'payment', account: payment.account, id })()
  const { captured, reserved } = E.isRight(found) && found.right ? found.right : { captured: undefined, reserved: -1n }
  const { transactionId } = payop.invoice(id)
  const refunds = payop.refunds().filter((refund) => refund.transactionId === transactionId)
  const given = refunds.reduce((sum, { amount }) => sum + amount, 0)
  return [
    ...(captured?.minorUnits === reserved
      ? []
      : [`${reserved} reserved of ${captured?.minorUnits ?? 'nothing'} captured`]),
    ...(holding === FIT ? [] : [`${holding} refunds reported as made or perhaps made, ${FIT} fit`]),
    ...(refunds.length === holding ? [] : [`${refunds.length} executed, ${holding} reported`]),
    ...(given <= 100 ? [] : [`${given} given back of 100`]),
  ]
}

/** Races refunds on fresh payments and counts. */
export const raceRefunds = async (gateways: Gateways, options: RaceOptions): Promise<Counts> => {
  const { payments, newPlace, prefix, wrapped, catalog } = options
  const accounts = { payop: accountsOf(gateways).payop }
  const stage = await openStage(newPlace, { accounts, ...(catalog === undefined ? {} : { catalog }) })
  const opening = Array.from({ length: PROCESSES }, () => (wrapped ? stage.openOver(wrapped) : stage.open()))
  const providers: readonly PaymentProvider[] = await Promise.all(opening)
  const counts: Counts = { payments, refunds: 0, granted: 0, unknown: 0, rejected: 0, problems: [] }

  const refund = (payment: Reference<'payment'>, idempotencyKey: string, n: number) => {
    counts.refunds += 1
    const request = { idempotencyKey, payment, amount: { value: '5.00', currency: 'EUR' } }
    return providers[n % PROCESSES]?.refund(request)() ?? Promise.reject(new Error('no process'))
  }

  const race = async (key: string): Promise<void> => {
    const payment = await paidPayment('payop', gateways, stage.paymux, key)
    spoil(gateways)
    const results = await Promise.all(Array.from({ length: REFUNDS }, (_, n) => refund(payment, `${key}-${n}`, n)))
    gateways.payop.clearFaults()
    // What a refused refund gave back can be refunded by another one.
    for (let n = 0; n < FIT && results.filter(isReserved).length < FIT; n += 1)
      results.push(await refund(payment, `${key}-again-${n}`, n))
    const problems = await audited(stage, gateways, payment, results.filter(isReserved).length)
    counts.granted += results.filter(E.isRight).length
    counts.unknown += results.filter((one) => E.isLeft(one) && one.left.outcome === 'unknown').length
    counts.rejected += results.filter((one) => E.isLeft(one) && one.left._tag === 'InvalidRequest').length
    counts.problems.push(...problems.map((problem) => `${key}: ${problem}`))
  }

  const keys = Array.from({ length: payments }, (_, n) => `${prefix}-${String(n).padStart(8, '0')}`)
  await eachOf(keys, 1, race)
  await stage.close()
  return counts
}

/** The proof, on every store there is. */
export const run: Prove = async ({ long, seed, print }) => {
  const gateways = await startGateways({ payop: { behaviour: { decideAfterMs: null } } })
  const server = sharedPostgres()
  const places: readonly (readonly [string, NewPlace])[] = [
    ['sqlite', sqliteFile],
    ...('url' in server ? ([['postgres', postgresOn(server)]] as const) : []),
  ]
  const payments = long ? 200 : 4
  const totals = { stores: places.length, payments: 0, refunds: 0, granted: 0, unknown: 0, rejected: 0 }
  let problems = 0
  for (const [name, newPlace] of places) {
    const counts = await raceRefunds(gateways, { payments, newPlace, prefix: `${name}-refund-${seed}` })
    print(`${name}: ${counts.refunds} refunds of ${counts.payments} payments, ${counts.rejected} rejected`)
    for (const problem of counts.problems.slice(0, 10)) print(problem)
    problems += counts.problems.length
    totals.payments += counts.payments
    totals.refunds += counts.refunds
    totals.granted += counts.granted
    totals.unknown += counts.unknown
    totals.rejected += counts.rejected
  }
  await gateways.close()
  return { name: 'over-refund race', counted: { ...totals, problems }, passed: problems === 0 }
}
