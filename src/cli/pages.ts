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

/** What takes the entries of a page as they come. */
const writerOf = <A extends object>({ options, output }: Invocation<PageOptions>, columns: readonly Column<A>[]) => {
  if (options.jsonl !== true) return output.table(columns)
  return (items: readonly A[]): void => {
    for (const item of items) output.json(item)
  }
}

/** Shows a page of a list, or all of its pages one after the other, as they come. */
export const pages = async <Query extends PageQuery, A extends object>(
  invocation: Invocation<PageOptions>,
  list: List<Query, A>,
  query: Query,
  columns: readonly Column<A>[],
): Promise<void> => {
  const { options, output } = invocation
  const { all = false, json = false } = options
  if (all && json)
    throw usageError('--all and --json exclude each other.', 'Give --jsonl, which prints one document a line.')
  if (json) return output.json(await list(query))
  const write = writerOf(invocation, columns)
  let page = await list(query)
  let count = page.items.length
  write(page.items)
  // A page may have fewer entries than were asked for, or none, although there are more.
  while (page.nextCursor !== undefined && (all || count === 0)) {
    page = await list({ ...query, cursor: page.nextCursor })
    count += page.items.length
    write(page.items)
  }
  if (page.nextCursor !== undefined)
    output.note(`${count} shown, and there are more: --limit N, --all, or --cursor ${page.nextCursor}`)
}
