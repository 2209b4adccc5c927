import type { Page, PageQuery } from '../orchestrator/index.js'
import { usageError } from './exit.js'
import { readTime } from './format.js'
import type { Invocation } from './open.js'
import type { Column } from './output.js'

/** Which part of a list is shown. */
export interface PageOptions {
  /** The earliest time. */
  readonly from?: string
  /** The time after the latest. */
  readonly to?: string
  /** How many at most. */
  readonly limit?: string
  /** Where the page before it ended. */
  readonly cursor?: string
  /** The oldest come first. */
  readonly oldestFirst?: boolean
  /** Every page. */
  readonly all?: boolean
}

/** So many are shown if nothing is said. */
const SHOWN = 20

/** A whole number that was typed. */
export const readCount = (flag: string, text: string, most: number): number => {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > most) throw usageError(`${flag} is a whole number from 1 to ${most}.`)
  return count
}

/** The page of a list, as the library is asked for it. */
export const pageQueryOf = (options: PageOptions): PageQuery => {
  const { from, to, limit, cursor, oldestFirst, all } = options
  if (all === true && (limit !== undefined || cursor !== undefined))
    throw usageError('--all gives every page: leave --limit and --cursor out.')
  const now = Date.now()
  return {
    ...(from === undefined ? {} : { from: readTime('--from', from, now) }),
    ...(to === undefined ? {} : { to: readTime('--to', to, now) }),
    limit: all === true ? 1000 : readCount('--limit', limit ?? String(SHOWN), 1000),
    ...(cursor === undefined ? {} : { cursor }),
    ...(oldestFirst === true ? { order: 'oldest_first' as const } : {}),
  }
}

type List<Query, A> = (query: Query) => Promise<Page<A>>

/** Shows a page of a list, or all of its pages one after the other, as they come. */
export const pages = async <Query extends PageQuery, A extends object>(
  { options, output }: Invocation<PageOptions>,
  list: List<Query, A>,
  query: Query,
  columns: readonly Column<A>[],
): Promise<void> => {
  if (options.all === true && options.json === true)
    throw usageError('--all and --json exclude each other.', 'Give --jsonl, which prints one document a line.')
  const rows = options.json === true || options.jsonl === true ? undefined : output.table(columns)
  let cursor: string | undefined
  let count = 0
  do {
    const page = await list(cursor === undefined ? query : { ...query, cursor })
    if (options.json === true) return output.json(page)
    if (rows === undefined) for (const item of page.items) output.json(item)
    else rows(page.items)
    count += page.items.length
    cursor = page.nextCursor
    // A page may have fewer entries than were asked for, or none, although there are more.
  } while (cursor !== undefined && (options.all === true || count === 0))
  if (cursor !== undefined) output.note(`${count} shown, and there are more: --limit N, --all, or --cursor ${cursor}`)
}
