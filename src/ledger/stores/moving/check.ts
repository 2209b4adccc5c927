import * as E from 'fp-ts/lib/Either.js'
import type { PaymentError } from '../../../core/index.js'
import { PLAIN } from '../../encryption.js'
import type { MaintainedLedger } from '../maintained.js'
import { raw } from '../sql.js'
import { decryptRow, type Row, tables, withoutPrefix } from '../tables.js'
import { copiedTables, countRows, eachBatch, type TableName } from './rows.js'

/** What can be wrong with a ledger, and what an operator does about it. */
const actions = {
  damaged: 'Restore a backup, and mark it as restored: the database cannot be read as it was written',
  schema_differs:
    'Find out which program changed the schema. Make the part that is named as a ledger of this version has it, or restore a backup',
  does_not_decrypt: 'Find out which program changed or moved the row, or add the key to encryption.keys',
  plain_row:
    'Find out which program wrote the row: the ledger is encrypted. If the ledger is older, encrypt it with migrate',
  reference_missing: 'Find out which program deleted the row that this one refers to, or restore a backup',
  sequence_broken: 'Find out which program changed the rows, or restore a backup: subscribers may have missed events',
  state_differs:
    'Find out which program changed the rows, or restore a backup. Do not call the operation again until it is known',
  reserved_too_little:
    'Refund nothing more of the payment until the program that changed the rows is known: more could be given back than was paid',
} as const satisfies Readonly<Record<string, string>>

/** One thing that is wrong with a ledger. It holds no content of a row. */
export interface LedgerFinding {
  /** What is wrong. */
  readonly code: keyof typeof actions
  /** The table in the database. */
  readonly table: string
  /** The key of the row, with `/` between its columns. Absent: it is about no row alone. */
  readonly row?: string
  /** The column, constraint, index, trigger, function or check that it is about. */
  readonly what?: string
  /** What to do. */
  readonly action: string
}

/** How far a check is. It is plain data. */
export interface CheckProgress {
  /** What is looked at. */
  readonly step: 'database' | 'rows' | 'relations'
  /** The table, without its prefix. Absent: no single one. */
  readonly table?: string
  /** How many rows were read. */
  readonly done: number
  /** How many there are. */
  readonly total: number
}

/** What a check found. It is plain data. */
export interface CheckReport {
  /** What is wrong, up to 1000. Empty: nothing that a check sees. */
  readonly findings: readonly LedgerFinding[]
  /** Whether there was more to list. */
  readonly hasMore: boolean
  /** By table, without its prefix, how many rows there are. */
  readonly rows: Readonly<Record<string, number>>
  /**
   * By the id of its key, how many rows are encrypted with it; `plain`: not encrypted. A key without rows may be taken out of the
   * configuration once the ledger is `required` or the migration is over.
   */
  readonly rowsByKey: Readonly<Record<string, number>>
}

/** The most findings that are listed. */
const MOST_FINDINGS = 1000

type Result<A> = Promise<E.Either<PaymentError, A>>

const finding = (code: LedgerFinding['code'], about: Pick<LedgerFinding, 'table' | 'row' | 'what'>): LedgerFinding => ({
  code,
  ...about,
  action: actions[code],
})

const rowName = (row: Row, key: readonly string[]): string => key.map((column) => String(row[column])).join('/')

/** A question whose every row is wrong. It gives the key as `row`. */
interface Relation {
  readonly code: LedgerFinding['code']
  readonly table: string
  readonly what: string
  readonly wrong: string
}

const objectName = (object: string): string => `${object}.account || '/' || ${object}.kind || '/' || ${object}.id`
const eventsOf = (subject: string): string => `(select count(*) from paymux_events e where e.subject = ${subject})`

// What holds between rows whichever program wrote them. In one statement each: a ledger at work shows no half of a commit.
const relations: readonly Relation[] = [
  {
    code: 'reference_missing',
    table: 'paymux_operations',
    what: 'object',
    wrong: `select o.id as row from paymux_operations o where o.object_id is not null and not exists
      (select 1 from paymux_objects x where x.account = o.object_account and x.kind = o.object_kind and x.id = o.object_id)`,
  },
  {
    code: 'reference_missing',
    table: 'paymux_objects',
    what: 'operation_id',
    wrong: `select ${objectName('x')} as row from paymux_objects x where x.operation_id is not null
      and not exists (select 1 from paymux_operations o where o.id = x.operation_id)`,
  },
  {
    code: 'reference_missing',
    table: 'paymux_attempts',
    what: 'operation_id',
    wrong: `select a.operation_id || '/' || a.n as row from paymux_attempts a
      where not exists (select 1 from paymux_operations o where o.id = a.operation_id)`,
  },
  {
    code: 'sequence_broken',
    table: 'paymux_attempts',
    what: 'n',
    wrong: `select o.id as row from paymux_operations o where o.attempt <> (select count(*) from paymux_attempts a where a.operation_id = o.id)
      or o.attempt <> (select coalesce(max(a.n), 0) from paymux_attempts a where a.operation_id = o.id)`,
  },
  {
    code: 'sequence_broken',
    table: 'paymux_events',
    what: 'sequence',
    wrong:
      'select e.subject as row from paymux_events e group by e.subject having count(*) <> max(e.sequence) or min(e.sequence) <> 1',
  },
  {
    code: 'sequence_broken',
    table: 'paymux_operations',
    what: 'events',
    wrong: `select o.id as row from paymux_operations o where o.events <> ${eventsOf("'operation:' || o.id")}`,
  },
  {
    code: 'sequence_broken',
    table: 'paymux_objects',
    what: 'events',
    wrong: `select ${objectName('x')} as row from paymux_objects x
      where x.events <> ${eventsOf("x.kind || ':' || x.account || ':' || x.id")}`,
  },
  {
    code: 'sequence_broken',
    table: 'paymux_log',
    what: 'fence',
    wrong: `select l.id as row from (select id, fence, lag(fence) over (partition by operation_id order by id) as before from paymux_log) l
      where l.fence < l.before`,
  },
  {
    code: 'state_differs',
    table: 'paymux_operations',
    what: 'state',
    wrong: `select o.id as row from paymux_operations o join paymux_attempts a on a.operation_id = o.id and a.n = o.attempt
      where (o.state = 'executed' and (a.state <> 'executed' or o.object_id is null))
        or (o.state = 'prepared' and a.state <> 'open')
        or (o.state in ('dispatched', 'indeterminate') and a.state <> 'dispatched')
        or (o.state in ('refused', 'canceled') and a.state in ('open', 'dispatched', 'executed'))`,
  },
  {
    code: 'reserved_too_little',
    table: 'paymux_objects',
    what: 'reserved',
    wrong: `select ${objectName('p')} as row from paymux_objects p where p.kind = 'payment' and p.reserved + p.over_reserved <
      (select coalesce(sum(o.reservation_minor_units), 0) from paymux_operations o
        left join paymux_objects r on r.account = o.object_account and r.kind = o.object_kind and r.id = o.object_id
        where o.reservation_account = p.account and o.reservation_id = p.id
          and coalesce(r.reservation_held, o.reservation_held) = 1)`,
  },
]

/** Collects findings, up to the most that are listed. */
const collecting = () => {
  const findings: LedgerFinding[] = []
  let hasMore = false
  return {
    findings,
    hasMore: () => hasMore,
    add: (...found: readonly LedgerFinding[]): void => {
      for (const one of found) {
        if (findings.length < MOST_FINDINGS) findings.push(one)
        else hasMore = true
      }
    },
  }
}

type Collected = ReturnType<typeof collecting>

/** Decrypts every row, and counts the rows of each key. */
const checkRows = async (
  ledger: MaintainedLedger,
  name: TableName,
  { add }: Collected,
  counted: Record<string, number>,
  progress: (rows: number) => void,
): Result<void> => {
  const table = tables[name]
  return eachBatch(ledger, table, undefined, async (rows) => {
    for (const row of rows) {
      const texts = table.encrypted.flatMap((column) =>
        typeof row[column] === 'string' ? [withoutPrefix(String(row[column]))] : [],
      )
      const ids = new Set(texts.map((text) => (text.startsWith(PLAIN) ? 'plain' : (text.split('.')[1] ?? '?'))))
      for (const id of ids) counted[id] = (counted[id] ?? 0) + 1
      const plain = decryptRow(ledger.encryption, table, row)
      if (E.isLeft(plain)) {
        const code = ids.has('plain') && ledger.ledger.state !== 'none' ? 'plain_row' : 'does_not_decrypt'
        add(finding(code, { table: table.name, row: rowName(row, table.key) }))
      }
    }
    progress(rows.length)
    return E.right(undefined)
  })
}

const checkRelation = async (ledger: MaintainedLedger, relation: Relation, { add }: Collected): Result<void> => {
  const { code, table, what, wrong } = relation
  const rows = await ledger.query(raw(`${wrong} limit ${MOST_FINDINGS + 1}`))
  if (E.isLeft(rows)) return rows
  add(...rows.right.map(({ row }) => finding(code, { table, row: String(row), what })))
  return E.right(undefined)
}

/**
 * Checks a ledger whole, and changes nothing: the database, its schema, every row, and what holds between them. A ledger may be at
 * work meanwhile.
 */
export const checkRecords = async (
  ledger: MaintainedLedger,
  onProgress: (progress: CheckProgress) => void,
): Result<CheckReport> => {
  const rows = await countRows(ledger)
  if (E.isLeft(rows)) return rows
  const total = Object.values(rows.right).reduce((sum, count) => sum + count, 0)
  const collected = collecting()
  onProgress({ step: 'database', done: 0, total })
  const database = await ledger.checkDatabase()
  if (E.isLeft(database)) return database
  collected.add(...database.right.map(({ code, ...about }) => finding(code, about)))
  const rowsByKey: Record<string, number> = {}
  let done = 0
  for (const table of copiedTables) {
    const checked = await checkRows(ledger, table, collected, rowsByKey, (more) => {
      done += more
      onProgress({ step: 'rows', table, done, total })
    })
    if (E.isLeft(checked)) return checked
  }
  onProgress({ step: 'relations', done, total })
  for (const relation of relations) {
    const checked = await checkRelation(ledger, relation, collected)
    if (E.isLeft(checked)) return checked
  }
  const { findings, hasMore } = collected
  return E.right({ findings, hasMore: hasMore(), rows: rows.right, rowsByKey })
}
