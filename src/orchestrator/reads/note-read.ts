import * as E from 'fp-ts/lib/Either.js'
import { MINUTE, type PaymentError } from '../../core/index.js'
import { type AccountReads, buildEvents, toStoredJson, type Write, without } from '../../ledger/index.js'
import type { Context } from '../context.js'
import { describeError } from '../describe-error.js'
import type { AccountEvent } from '../events/events.js'

/** An account whose reads have failed for this long is reported, in milliseconds. */
export const FAILING_MS = 15 * MINUTE

type Known = AccountReads & { readonly now: number }

const replacing = (
  account: string,
  { now, ...known }: Known,
  changes: Partial<AccountReads>,
  type?: AccountEvent,
): readonly Write[] => {
  const failing = { since: known.failingSince, reason: changes.reason ?? known.reason }
  const events = buildEvents(
    `account:${account}`,
    known.events,
    type === undefined ? [] : [type],
    toStoredJson({ account, failing }),
    now,
  )
  const reads = { ...known, ...changes, events: known.events + events.length, version: known.version + 1 }
  return [{ write: 'account_reads', account, reads }, ...events.map((event) => ({ write: 'event', event }) as const)]
}

/** What a read that failed, or succeeded, changes of what is known of the account. Nothing, mostly. */
const afterRead = (account: string, known: Known, error: PaymentError | undefined): readonly Write[] => {
  const { failingSince, now } = known
  if (error === undefined) {
    if (failingSince === undefined) return []
    const type = known.isReported ? 'account.recovered' : undefined
    const writes = replacing(account, known, { isReported: false }, type)
    return writes.map((write) =>
      write.write === 'account_reads' ? { ...write, reads: without(write.reads, 'failingSince', 'reason') } : write,
    )
  }
  const reason = describeError(error)
  if (failingSince === undefined) return replacing(account, known, { failingSince: now, reason })
  if (!known.isReported && now - failingSince >= FAILING_MS)
    return replacing(account, known, { isReported: true, reason }, 'account.failing')
  return reason === known.reason ? [] : replacing(account, known, { reason })
}

/**
 * Takes into the ledger how a read of an account ended, and emits `account.failing` and `account.recovered`, each once for all
 * processes: the record's version guards it. What is not taken, the next read brings again.
 */
export const noteRead = async (
  account: string,
  error: PaymentError | undefined,
  { store }: Pick<Context, 'store'>,
): Promise<void> => {
  // A ledger that did not answer is not the account, nor is a host that gave the read no more time.
  if (error?._tag === 'Unreachable' && (error.phase === 'store' || error.phase === 'deadline')) return
  const known = await store.accountReads(account)()
  if (E.isLeft(known) || known.right === undefined) return
  const writes = afterRead(account, known.right, error)
  if (writes.length > 0) await store.commit(writes)()
}
