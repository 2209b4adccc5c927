import { setTimeout as delay } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import { indeterminate, type PaymentError, unreachable } from '../../../core/index.js'
import { MOVED } from '../../ledger-status.js'
import type { Condition } from './condition.js'
import type { Connection } from './connection.js'
import { codeOf, isMoved, notAnswered } from './driver.js'

/** What one member of a group did: `keep` says whether it stands, or is undone as if it had not been. */
export interface Done<A> {
  readonly keep: boolean
  readonly value: A
}

/** Commits of one process, collected. */
export interface GroupCommit {
  /**
   * Runs in a transaction with everything else that was asked for in the same turn of the event loop, and is undone
   * alone if it throws or asks not to be kept. Answers once it is on disk. Gives `Unreachable` if nothing was written, and
   * `Indeterminate` if that is not known.
   */
  readonly commit: <A>(run: () => Done<A>) => Promise<E.Either<PaymentError, A>>
  /** Runs between two transactions, on the same connection. */
  readonly between: (run: () => void) => void
  /** Waits for what was asked for, takes no more, and brings all of it into the file. */
  readonly close: () => Promise<void>
}

interface Member {
  /** Gives what to answer once committed. */
  readonly run: () => () => void
  readonly fail: (error: PaymentError) => void
}

/** Another process may write for so long before we give up waiting, in milliseconds. */
const LONGEST_WAIT_MS = 10_000
/** Longest pause between two tries to begin. */
const PAUSE_MS = 8

const closed = (): PaymentError => unreachable('store', { code: 'ERR_STOPPED' })

/** Waits without holding up the event loop, and not in step with the other process. Gives why it could not begin. */
const begin = async ({ exec }: Connection): Promise<PaymentError | undefined> => {
  const until = performance.now() + LONGEST_WAIT_MS
  for (;;) {
    try {
      exec('begin immediate')
      return undefined
    } catch (error) {
      if (codeOf(error) !== 'SQLITE_BUSY' || performance.now() > until) return notAnswered(error)
      await delay(1 + Math.random() * PAUSE_MS)
    }
  }
}

/** Runs a member, and gives what answers it. If it failed, the others may go on. Throws if the transaction is lost. */
const runMember = ({ exec }: Connection, condition: Condition, member: Member): (() => void) => {
  exec('savepoint member')
  try {
    const answer = member.run()
    exec('release member')
    return answer
  } catch (error) {
    exec('rollback to member')
    exec('release member')
    // What the file says of a key is not the ledger's word any more.
    if (isMoved(error)) condition.breakBy(MOVED)
    return () => member.fail(notAnswered(error))
  }
}

const rollBack = ({ exec }: Connection): void => {
  try {
    exec('rollback')
  } catch {
    // SQLite has done so already.
  }
}

// SQLite does so when the last connection closes, and a driver may close later than it says: until then the latest commits
// stand beside the file, where a copy of the file alone does not hold them.
const bringIn = ({ exec }: Connection): void => {
  try {
    exec('pragma wal_checkpoint(truncate)')
  } catch {
    // They stay beside it, as they do where the process is killed.
  }
}

/** Collects commits over a connection that has no other writer. */
export const groupCommit = (connection: Connection, condition: Condition): GroupCommit => {
  let waiting: Member[] = []
  let between: (() => void)[] = []
  let flushing: Promise<void> | undefined
  let isClosed = false

  const runAll = (members: readonly Member[]): E.Either<PaymentError, readonly (() => void)[]> => {
    try {
      return E.right(members.map((member) => runMember(connection, condition, member)))
    } catch (error) {
      rollBack(connection)
      return E.left(notAnswered(error))
    }
  }

  const commitAll = (): E.Either<PaymentError, void> => {
    try {
      connection.exec('commit')
    } catch (error) {
      rollBack(connection)
      const code = codeOf(error)
      if (code === 'SQLITE_FULL' || code === 'SQLITE_BUSY') return E.left(notAnswered(error))
      // It is not known what a disk wrote that failed to flush.
      condition.breakBy('ERR_LEDGER_FLUSH')
    }
    const code = condition.brokenSince()
    return code === undefined ? E.right(undefined) : E.left(indeterminate('moves_money', 'answer', { code }))
  }

  const write = (members: readonly Member[]): void => {
    const answers = runAll(members)
    const committed = E.isLeft(answers) ? answers : commitAll()
    if (E.isLeft(committed)) for (const member of members) member.fail(committed.left)
    else if (E.isRight(answers)) for (const answer of answers.right) answer()
  }

  const flush = async (): Promise<void> => {
    await new Promise(setImmediate)
    const runs = between
    between = []
    for (const run of runs) run()
    const notBegun = await begin(connection)
    const members = waiting
    waiting = []
    // What was asked for since this flush ran those before it comes with the next.
    flushing = between.length > 0 ? flush() : undefined
    const error = condition.error() ?? notBegun
    if (error === undefined) return write(members)
    if (notBegun === undefined) rollBack(connection)
    for (const member of members) member.fail(error)
  }

  return {
    commit: <A>(run: () => Done<A>) => {
      if (isClosed) return Promise.resolve(E.left(closed()))
      const answered = new Promise<E.Either<PaymentError, A>>((answer) => {
        const member: Member = {
          run: () => {
            const { keep, value } = run()
            if (!keep) connection.exec('rollback to member')
            return () => answer(E.right(value))
          },
          fail: (error) => answer(E.left(error)),
        }
        waiting.push(member)
      })
      flushing ??= flush()
      return answered
    },
    between: (run) => {
      between.push(run)
      flushing ??= flush()
    },
    close: async () => {
      isClosed = true
      await flushing
      if (condition.brokenBy() === undefined) bringIn(connection)
    },
  }
}
