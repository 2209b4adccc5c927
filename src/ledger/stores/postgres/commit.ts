import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { Pool, PoolClient, QueryResult } from 'pg'
import { indeterminate, type PaymentError } from '../../../core/index.js'
import type { Committed } from '../../store.js'
import { type Rendered, render, type Script, type Sql, type Statement } from '../statements.js'
import { dialect } from './dialect.js'
import { codeOf, isRefused, notAnswered } from './driver.js'

/** A statement as the driver takes it, prepared once for each connection. */
export const prepared = (statement: Sql) => {
  const { text, params } = render(dialect, statement)
  return { name: nameOf(text), text, values: [...params] satisfies Rendered['params'][number][] }
}

/** A statement as the driver takes it, planned each time for its values. */
export const adHoc = (statement: Sql) => {
  const { text, params } = render(dialect, statement)
  return { text, values: [...params] satisfies Rendered['params'][number][] }
}

const names = new Map<string, string>()

const nameOf = (text: string): string => {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = `paymux_${createHash('sha256').update(text).digest('hex').slice(0, 40)}`
  names.set(text, name)
  return name
}

const begin = 'begin isolation level read committed, read write'

/** How an attempt at a transaction ended. */
type Ended = Committed | { readonly error: PaymentError } | 'again'

const ATTEMPTS = 5

// Two transactions waited for each other, or met on one row: the server took one of them back whole.
const isTakenBack = (error: unknown): boolean => ['40001', '40P01'].includes(codeOf(error) ?? '')

type Settled = PromiseSettledResult<QueryResult>

/** A statement of a transaction, and the write it belongs to. */
export interface Step extends Statement {
  readonly index: number
}

const failure = (error: unknown): Ended => (isTakenBack(error) ? 'again' : { error: notAnswered(error) })

/** What became of the steps, by the first that failed; the others ran in vain. */
const endOf = (steps: readonly Step[], settled: readonly Settled[]): Ended => {
  for (const [n, { guarded, index }] of steps.entries()) {
    const one = settled[n]
    if (one?.status !== 'fulfilled') return failure(one?.reason)
    if (guarded && one.value.rowCount !== 1) return { done: false, index }
  }
  return { done: true }
}

const rollBack = (client: PoolClient): Promise<boolean> =>
  client.query('rollback').then(
    () => true,
    () => false,
  )

/** What became of a commit that was asked for. Only an answer proves anything: a connection that is lost may have lost either. */
const finished = (committed: Settled, written: Ended): Ended => {
  if (committed.status === 'rejected') {
    const error: unknown = committed.reason
    if (isTakenBack(error)) return 'again'
    if (isRefused(error)) return { error: notAnswered(error) }
    const code = codeOf(error)
    return { error: indeterminate('creates', 'first_byte', code === undefined ? {} : { code }) }
  }
  if (!isDone(written)) return written
  return committed.value.command === 'COMMIT' ? written : { error: notAnswered(undefined) }
}

const isDone = (ended: Ended): boolean => typeof ended === 'object' && 'done' in ended && ended.done

const once = async (pool: Pool, steps: readonly Step[]): Promise<Ended> => {
  const client = await pool.connect().catch(notAnswered)
  if ('_tag' in client) return { error: client }
  const commitNow = () => client.query('commit')
  // Sent in one go, answered in one go. If no guard has to hold, the commit goes with the rest: after a statement that failed,
  // it is a rollback.
  const { stream } = client.connection
  stream.cork()
  const begun = client.query(begin)
  const sent = steps.map((step) => client.query(prepared(step.sql)))
  const early = steps.some(({ guarded }) => guarded) ? undefined : [commitNow()]
  stream.uncork()
  const [first, ...settled] = await Promise.allSettled([begun, ...sent, ...(early ?? [])])
  const written = first.status === 'rejected' ? failure(first.reason) : endOf(steps, settled)
  const [committed] = await Promise.allSettled(early ?? (isDone(written) ? [commitNow()] : []))
  const ended = committed === undefined ? written : finished(committed, written)
  const isClean = committed === undefined ? await rollBack(client) : isDone(ended)
  client.release(!isClean)
  return ended
}

/** Takes the steps in one durable transaction, all or none, in two round trips or one. */
export const commit = async (pool: Pool, steps: readonly Step[]): Promise<E.Either<PaymentError, Committed>> => {
  for (let attempt = 1; ; attempt += 1) {
    const ended = await once(pool, steps)
    if (ended === 'again' && attempt < ATTEMPTS) continue
    if (ended === 'again') return E.left(notAnswered({ code: '40001' }))
    return 'error' in ended ? E.left(ended.error) : E.right(ended)
  }
}

/** Runs a script in one transaction. Rejects with what the driver gives. */
export const runScript = async <A>(pool: Pool, script: Script<A>): Promise<A> => {
  const client = await pool.connect()
  try {
    await client.query(begin)
    let step = script.next()
    while (step.done !== true) {
      const answered = await Promise.all(step.value.map((statement) => client.query(prepared(statement))))
      step = script.next(answered.map(({ rows }) => rows))
    }
    await client.query('commit')
    client.release()
    return step.value
  } catch (error) {
    // Closing the connection ends its transaction.
    client.release(true)
    throw error
  }
}
