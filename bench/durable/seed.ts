import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ObjectRecord, Store, Write } from '../../src/ledger/index.js'
import { decodeConfiguration } from '../../src/orchestrator/index.js'
import type { PaymuxConfig } from '../../src/paymux/index.js'
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
  const amount = { minorUnits: 4990n, currency: 'EUR' }
  return {
    ...reference,
    abandoned: false,
    status: 'processing',
    statusSince: then,
    version: 1,
    events: 0,
    expectedAmount: amount,
    reserved: 0n,
    refunded: 0n,
    disputed: false,
    flags: [],
    providerState,
    snapshot: {
      reference,
      status: 'processing',
      providerState,
      amount,
      amountCheck: 'exact',
      disputed: false,
      review: [],
    },
    lastReadAt: then,
    nextReadAt,
    refreshRequests: 0,
    createdAt: then,
    updatedAt: then,
  }
}

const opened = async (config: PaymuxConfig): Promise<Store> => {
  const store = await pipe(
    TE.fromEither(decodeConfiguration(config, {})),
    TE.flatMap((configuration) => openStore(configuration, {})),
  )()
  if (E.isLeft(store)) throw new Error(store.left.message)
  return store.right
}

/** Puts open payments into a ledger, as if they had been made an hour ago. */
export const addPayments = async (config: PaymuxConfig, payments: Payments): Promise<void> => {
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
