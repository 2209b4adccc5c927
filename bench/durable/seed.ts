import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type ConfigurationFile, run } from '../../src/index.js'
import { type ObjectRecord, resultJson, type Store, type Write } from '../../src/ledger/index.js'
import { decodeConfiguration } from '../../src/orchestrator/index.js'
import { openStore } from '../../src/paymux/setup.js'
import { idOf } from './shop.js'

const HOUR = 3_600_000
const BATCH = 500

/** Payments to put into a ledger. */
export interface Payments {
  readonly account: string
  /** Their numbers begin there. */
  readonly from: number
  readonly count: number
  readonly nextReadAt: number
}

const payment = ({ account, nextReadAt }: Payments, n: number): ObjectRecord<'payment'> => {
  const then = Date.now() - HOUR
  const reference = { kind: 'payment', account, id: idOf(n) } as const
  const providerState = { invoice: '0' }
  const amount = { amount: 4990n, currency: 'EUR' }
  return {
    ...reference,
    orphaned: false,
    status: 'processing',
    statusSince: then,
    version: 1,
    events: 0,
    expected: amount,
    reserved: 0n,
    refunded: 0n,
    disputed: false,
    flags: [],
    providerState,
    snapshot: resultJson<'payment'>({
      reference,
      status: 'processing',
      providerState,
      amount,
      amountCheck: 'exact',
      disputed: false,
      review: [],
    }),
    lastReadAt: then,
    nextReadAt,
    rings: 0,
    createdAt: then,
  }
}

const opened = (config: ConfigurationFile): Promise<Store> =>
  run(
    pipe(
      TE.fromEither(decodeConfiguration(config, {})),
      TE.flatMap((configuration) => openStore(configuration, undefined)),
    ),
  )

/** Puts open payments into a ledger, as if they had been made an hour ago. */
export const addPayments = async (config: ConfigurationFile, payments: Payments): Promise<void> => {
  const store = await opened(config)
  const { from, count } = payments
  for (let at = from; at < from + count; at += BATCH) {
    const length = Math.min(BATCH, from + count - at)
    const writes = Array.from(
      { length },
      (_, index): Write => ({ write: 'new_object', object: payment(payments, at + index) }),
    )
    const committed = await store.commit(writes)()
    if (E.isLeft(committed) || !committed.right.done) throw new Error('the payments were not recorded')
  }
  await store.close()
}
