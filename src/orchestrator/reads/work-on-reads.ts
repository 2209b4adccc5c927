import { setTimeout as sleep } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { AcquiredRead, Store, Work } from '../../ledger/index.js'

/** What reads are made with. */
export interface Reading {
  readonly store: Pick<Store, 'accountsToRead' | 'acquireReads'>
  /** The accounts that this process can read. Asked for before each round: a configuration may be swapped. */
  readonly accounts: () => ReadonlySet<string>
  /** Reads an object. Never rejects. */
  readonly readObject: (object: AcquiredRead) => Promise<void>
  /** How many reads an account may take in a second, over all processes of the ledger. */
  readonly perSecond: number
  /** How many reads of one account run at once in this process. A gateway that hangs holds up its own account only. */
  readonly concurrency: number
}

/** The ledger is asked for what is due this often, in milliseconds. */
const POLL_MS = 250
/** A ledger that does not answer is asked again after this long, in milliseconds. */
const PAUSE_MS = 1000

/**
 * Reads what is due, account by account, until stopped. The ledger is the only queue: what is due, in which order, and how much
 * of it an account takes is decided there. Nothing is remembered here but how many reads are running.
 */
export const workOnReads = ({ store, accounts, readObject, perSecond, concurrency }: Reading): Work => {
  const ending = new AbortController()
  const running = new Map<string, number>()
  const reads = new Set<Promise<void>>()

  const count = (account: string, change: 1 | -1): void => {
    const left = (running.get(account) ?? 0) + change
    if (left === 0) running.delete(account)
    else running.set(account, left)
  }
  const start = (object: AcquiredRead): void => {
    count(object.account, 1)
    const read = readObject(object).finally(() => {
      reads.delete(read)
      count(object.account, -1)
    })
    reads.add(read)
  }
  /** Whether the ledger answered. */
  const readAccount = async (account: string): Promise<boolean> => {
    const limit = concurrency - (running.get(account) ?? 0)
    if (limit <= 0) return true
    const acquired = await store.acquireReads(account, { perSecond, limit })()
    if (E.isRight(acquired)) acquired.right.forEach(start)
    return E.isRight(acquired)
  }
  const round = async (): Promise<boolean> => {
    const due = await store.accountsToRead()()
    if (E.isLeft(due)) return false
    const own = accounts()
    const answered = await Promise.all(due.right.filter((account) => own.has(account)).map(readAccount))
    return answered.every((isAnswered) => isAnswered)
  }
  const wait = (ms: number) => sleep(ms, undefined, { signal: ending.signal }).catch(() => {})

  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) await wait((await round()) ? POLL_MS : PAUSE_MS)
    await Promise.all(reads)
  }
  const ended = loop()
  return {
    stop: () => {
      ending.abort()
      return ended
    },
  }
}

/** What {@link readDue} did. */
export interface ReadsDone {
  /** How many objects were read. */
  readonly read: number
  /** Whether more may be due. */
  readonly more: boolean
}

/** Reads what is due, until nothing is left, or the accounts' budgets are used up, or until no more may begin. */
export const readDue = async (
  { store, accounts, readObject, perSecond, concurrency }: Reading,
  mayBegin: () => boolean,
): Promise<ReadsDone> => {
  let read = 0
  while (mayBegin()) {
    const due = await store.accountsToRead()()
    if (E.isLeft(due)) break
    const own = due.right.filter((account) => accounts().has(account))
    if (own.length === 0) return { read, more: false }
    const acquired = await Promise.all(
      own.map((account) => store.acquireReads(account, { perSecond, limit: concurrency })()),
    )
    const objects = acquired.flatMap((one) => (E.isRight(one) ? one.right : []))
    if (objects.length === 0) break
    await Promise.all(objects.map(readObject))
    read += objects.length
  }
  return { read, more: true }
}
