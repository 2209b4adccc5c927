import * as E from 'fp-ts/lib/Either.js'
import { omitUndefined, type PaymentError } from '../../core/index.js'
import type { ListPage, PageRequest, Position } from '../lists.js'
import { list, raw, type Sql, sql } from './sql.js'
import type { Row } from './tables.js'

/** Pages of a list, in the order of `created_at`, so that none takes long however many rows there are. */

/** What is listed of a table. */
export interface Listed {
  /** The table's name. */
  readonly table: string
  /** The columns that answers need. */
  readonly columns: readonly string[]
  /** What names a row beside `created_at`, in the order of {@link Position}. */
  readonly names: readonly string[]
  /** What is read of other columns and tables for the rows of a page, which are called `p`. */
  readonly beside?: { readonly columns: Sql; readonly from: Sql }
}

/** The conditions of a list. */
export interface Conditions {
  /** Each is met by rows that an index has in the order of the list, and no row meets two. */
  readonly leads: readonly Sql[]
  /** What is compared row by row. The table is called by its name. */
  readonly filters: readonly Sql[]
}

/** A page as SQL, and what its rows mean. */
export interface PageQuery {
  readonly sql: Sql
  /** The page of the rows that were found. Gives the error of the first that cannot be read. */
  readonly read: <A>(
    rows: readonly Row[],
    record: (row: Row) => E.Either<PaymentError, A>,
  ) => E.Either<PaymentError, ListPage<A>>
}

/** If rows are compared one by one, so many are looked at for one page, and those of the same millisecond as the last. */
const COMPARED_ROWS = 2000

const all = (conditions: readonly Sql[]): Sql => conditions.reduce((both, condition) => sql`${both} and ${condition}`)

/** The words of an order. */
interface Direction {
  readonly order: 'desc' | 'asc'
  readonly beyond: '<' | '>'
  readonly within: '>=' | '<='
  /** Of the places where several searches end, the one that all of them come to. */
  readonly nearest: 'max' | 'min'
  /** What follows the last row of a time. */
  readonly afterTime: (time: number) => number
}

const directions: Readonly<Record<PageRequest['order'], Direction>> = {
  newest_first: { order: 'desc', beyond: '<', within: '>=', nearest: 'max', afterTime: (time) => time },
  oldest_first: { order: 'asc', beyond: '>', within: '<=', nearest: 'min', afterTime: (time) => time + 1 },
}

const rangeOf = ({ names }: Listed, { from, to, after }: PageRequest, { beyond }: Direction): readonly Sql[] => [
  ...(from === undefined ? [] : [sql`created_at >= ${from}`]),
  ...(to === undefined ? [] : [sql`created_at < ${to}`]),
  // The time alone comes first: it is what an index is searched by.
  ...(after === undefined
    ? []
    : [
        sql`created_at ${raw(`${beyond}=`)} ${after[0]}`,
        sql`(created_at, ${raw(names.join(', '))}) ${raw(beyond)} (${list(after)})`,
      ]),
]

const merged = (branches: readonly Sql[]): Sql =>
  branches
    .map((branch, n) => sql`select * from (${branch}) as ${raw(`b${n}`)}`)
    .reduce((both, branch) => sql`${both} union all ${branch}`)

/** How far a page goes that compares rows: the time of the last that is looked at. Null: all are looked at. */
const edgeOf = (table: Sql, leads: readonly (readonly Sql[])[], { order, nearest }: Direction): Sql => {
  const offset = Math.floor(COMPARED_ROWS / leads.length) - 1
  const edges = leads.map(
    (conditions) =>
      sql`select (select created_at from ${table} where ${all(conditions)} order by created_at ${raw(order)} limit 1 offset ${offset}) as at`,
  )
  return sql`select ${raw(nearest)}(at) as at from (${edges.reduce((both, edge) => sql`${both} union all ${edge}`)}) as edges`
}

/**
 * A page of a list: the first rows of each lead, merged. If rows are compared one by one, the page ends at an edge, however few it
 * found until there; the edge stands in every row of the answer, and one without a row holds it alone.
 */
export const pageQuery = (listed: Listed, { leads, filters }: Conditions, request: PageRequest): PageQuery => {
  const { limit } = request
  const { beside } = listed
  const direction = directions[request.order]
  const table = raw(listed.table)
  const order = raw(['created_at', ...listed.names].map((name) => `${name} ${direction.order}`).join(', '))
  const ranged = leads.map((lead) => [lead, ...rangeOf(listed, request, direction)])
  const isCompared = filters.length > 0
  const beyondAll = raw(direction.order === 'desc' ? '0' : String(Number.MAX_SAFE_INTEGER))
  const compared: readonly Sql[] = isCompared
    ? [
        sql`created_at ${raw(direction.within)} coalesce((select at from edge), ${beyondAll})`,
        // As a case no index is searched by it in place of the lead's.
        sql`case when ${all(filters)} then 1 else 0 end = 1`,
      ]
    : []
  const branches = ranged.map(
    (conditions) =>
      sql`select ${raw(listed.columns.join(', '))} from ${table} where ${all([...conditions, ...compared])} order by ${order} limit ${limit + 1}`,
  )
  const [columns, from] = beside === undefined ? [raw(''), raw('')] : [sql`, ${beside.columns}`, beside.from]
  const page = sql`select p.*${columns} from (${merged(branches)} order by ${order} limit ${limit + 1}) as p ${from}`
  const edge = isCompared ? edgeOf(table, ranged, direction) : raw('select null as at')
  return {
    sql: sql`with edge as (${edge}) select edge.at as edge, found.* from edge left join (${page}) as found on true order by ${order}`,
    read: (answer, record) => {
      const found = answer.filter((row) => row.created_at !== null)
      const shown = found.slice(0, limit)
      const items = E.traverseArray(record)(shown)
      if (E.isLeft(items)) return items
      const last = found.length > limit ? shown.at(-1) : undefined
      const at = answer[0]?.edge ?? null
      return E.right({
        items: items.right,
        ...omitUndefined({
          next: last === undefined ? endOf(listed, at, direction) : positionOf(listed, last),
        }),
      })
    },
  }
}

const positionOf = ({ names }: Listed, row: Row): Position => [
  Number(row.created_at),
  ...names.map((name) => String(row[name])),
]

/** The place after all rows up to an edge. No name is before the empty one. */
const endOf = ({ names }: Listed, edge: unknown, { afterTime }: Direction): Position | undefined =>
  edge === null ? undefined : [afterTime(Number(edge)), ...names.map(() => '')]
