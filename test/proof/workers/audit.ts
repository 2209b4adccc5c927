import type { Entry } from './book.js'
import type { Executed, Gateways } from './gateways.js'
import type { LedgerFile } from './ledgers.js'

/** An operation as the ledger's tables have it. */
export interface Recorded {
  readonly id: string
  readonly key: string
  readonly state: string
  readonly unresolved: boolean
  readonly leased: boolean
  readonly objectId: string | undefined
  readonly status: string | undefined
  /** How many attempts created something that nobody was handed. */
  readonly abandoned: number
  readonly sends: number
}

/** What is wrong: a sort of it, and the keys. */
export type Findings = Readonly<Record<string, readonly string[]>>

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Every operation of a ledger, by the caller's key. */
export const recordsOf = async (ledger: LedgerFile): Promise<ReadonlyMap<string, Recorded>> => {
  const rows = await ledger.rows(`select o.id, o.idempotency_key, o.state, o.next_poll_at, o.lease_until, o.object_id,
      (select b.status from paymux_objects b
        where b.account = o.object_account and b.kind = o.object_kind and b.id = o.object_id) as status,
      (select count(*) from paymux_attempts a where a.operation_id = o.id and a.state = 'abandoned') as abandoned,
      (select sum(dispatch_count) from paymux_attempts a where a.operation_id = o.id) as sends
    from paymux_operations o`)
  return new Map(
    rows.map((row) => [
      String(row.idempotency_key),
      {
        id: String(row.id),
        key: String(row.idempotency_key),
        state: String(row.state),
        unresolved: row.next_poll_at === null,
        leased: Number(row.lease_until) > Date.now(),
        objectId: text(row.object_id),
        status: text(row.status),
        abandoned: Number(row.abandoned),
        sends: Number(row.sends),
      },
    ]),
  )
}

/** What the gateways executed for each intent, told by its amount; and what nobody asked for. */
export const executionsFor = (entries: readonly Entry[], gateways: Gateways) => {
  const place = (route: string, currency: string, amount: bigint) => `${route} ${currency} ${amount}`
  const wanted = new Map(
    entries.map((entry) => {
      const { route, currency, amount } = entry.intent
      return [place(route.replace(/^(\S+) /, '$1 '), currency, amount), entry] as const
    }),
  )
  const byKey = new Map<string, Executed[]>()
  const unmatched: Executed[] = []
  for (const executed of gateways.executed()) {
    const entry = wanted.get(place(executed.route, executed.currency, executed.amount))
    if (entry === undefined) unmatched.push(executed)
    else byKey.set(entry.intent.key, [...(byKey.get(entry.intent.key) ?? []), executed])
  }
  return { of: (key: string): readonly Executed[] => byKey.get(key) ?? [], unmatched }
}

type Executions = ReturnType<typeof executionsFor>

/**
 * How often the intent itself was carried out: what was created and handed to nobody does not count, nor what the gateway did
 * twice with one request.
 */
const timesOf = ({ intent }: Entry, record: Recorded | undefined, executions: Executions): number => {
  const all = executions.of(intent.key).filter(({ again }) => !again).length
  return intent.effect === 'creates' ? Math.max(0, all - (record?.abandoned ?? 0)) : all
}

const isOpen = (record: Recorded): boolean => ['prepared', 'dispatched', 'indeterminate'].includes(record.state)

/** The record claims what the gateway's log denies, or denies what it claims. */
const isFalse = (entry: Entry, record: Recorded | undefined, executions: Executions): boolean => {
  const isAnswered = entry.results.some(({ ok }) => ok)
  if (record?.state === 'executed') return !isIts(entry, record, executions)
  const isOver = record === undefined || record.state === 'refused' || record.state === 'canceled'
  return isAnswered || (isOver && timesOf(entry, record, executions) > 0)
}

/** Whether what the log has is what the record names. */
const isIts = ({ intent }: Entry, { objectId, status }: Recorded, executions: Executions): boolean => {
  const all = executions.of(intent.key)
  if (intent.effect === 'creates') return all.some(({ id }) => id === objectId)
  const times = all.filter(({ again }) => !again).length
  // What was created on the way, and expired: nothing was carried out, and the record says so.
  return times === 1 || (times === 0 && intent.sort === 'direct payment' && status === 'expired')
}

const isAmountWrong = ({ intent, results }: Entry): boolean =>
  results.some((one) => one.ok && one.amount !== undefined && one.amount !== intent.amount)

/** Compares what the merchant got and what the ledger says with the gateways' own logs. */
export const audit = (
  entries: readonly Entry[],
  records: ReadonlyMap<string, Recorded>,
  executions: Executions,
): Findings => {
  const keysWhere = (holds: (entry: Entry, record: Recorded | undefined) => boolean): readonly string[] =>
    entries.filter((entry) => holds(entry, records.get(entry.intent.key))).map(({ intent }) => intent.key)
  return {
    'executed twice': keysWhere((entry, record) => timesOf(entry, record, executions) > 1),
    'false records': keysWhere((entry, record) => isFalse(entry, record, executions)),
    'links beyond one': keysWhere(({ links }) => links.size > 1),
    'wrong amounts': keysWhere(isAmountWrong),
    conflicts: keysWhere(({ results }) => results.some((one) => !one.ok && one.tag === 'Conflict')),
    'executed for nobody': executions.unmatched
      .filter(({ route }) => !isCreation(route))
      .map(({ route, amount }) => `${route} ${amount}`),
  }
}

// What a direct payment stages on its way has its amount, and is no intent of its own.
const isCreation = (route: string): boolean =>
  ['POST /v1/invoices/create', 'POST /v1/order/create', 'POST /v1/payout/beneficiary/create'].includes(route)

/** What is still open though the gateway executed it, and can be asked for it. */
export const unresolvedOf = (
  entries: readonly Entry[],
  records: ReadonlyMap<string, Recorded>,
  executions: Executions,
): readonly string[] =>
  entries
    .filter(({ intent }) => {
      const record = records.get(intent.key)
      return (
        record !== undefined &&
        isOpen(record) &&
        intent.effect === 'moves_money' &&
        executions.of(intent.key).length > 0
      )
    })
    .map(({ intent }) => intent.key)

/** Open operations. */
export const openOf = (records: ReadonlyMap<string, Recorded>): readonly Recorded[] =>
  [...records.values()].filter(isOpen)

/** Payments whose reservation is not what their refunds executed, by the gateways' logs. */
export const reservationsOff = async (
  ledger: LedgerFile,
  entries: readonly Entry[],
  executions: Executions,
): Promise<readonly string[]> => {
  const back = new Map<string, bigint>()
  for (const { intent } of entries)
    if (intent.payment !== undefined && executions.of(intent.key).length > 0)
      back.set(intent.payment, (back.get(intent.payment) ?? 0n) + intent.amount)
  const rows = await ledger.rows("select id, reserved from paymux_objects where kind = 'payment'")
  return rows
    .filter(({ id, reserved }) => BigInt(String(reserved)) !== (back.get(String(id)) ?? 0n))
    .map(({ id }) => String(id))
}

/** Subjects whose events are not numbered from 1 to as many as the record counts. */
export const eventsOff = async (ledger: LedgerFile): Promise<readonly string[]> => {
  const rows =
    await ledger.rows(`select subject, count(*) as count, max(sequence) as last, max(counted) as counted from (
      select e.subject, e.sequence, coalesce(o.events, b.events) as counted from paymux_events e
        left join paymux_operations o on e.subject = 'operation:' || o.id
        left join paymux_objects b on e.subject = b.kind || ':' || b.account || ':' || b.id) as all_events
    group by subject`)
  return rows
    .filter(({ count, last, counted }) => Number(count) !== Number(last) || Number(last) !== Number(counted))
    .map(({ subject }) => String(subject))
}

/** What the ledger's log and the gateways' say of a key, for a person to read. */
export const storyOf = async (
  ledger: LedgerFile,
  { intent, results, links }: Entry,
  executions: Executions,
): Promise<readonly string[]> => {
  const lines = await ledger.rows(`select l.n, l.at, l.what, l.detail, l.fence from paymux_log l
    join paymux_operations o on o.id = l.operation_id where o.idempotency_key = '${intent.key}' order by l.id`)
  return [
    ...lines.map(({ n, at, what, detail, fence }) => `attempt ${n}, ${at}, fence ${fence}: ${what} ${detail ?? ''}`),
    ...executions
      .of(intent.key)
      .map(({ route, id, at, again }) => `executed at ${at}${again ? ', delivered again' : ''}: ${route} ${id}`),
    ...results.map((one) => `told: ${one.ok ? `${one.status} ${one.id ?? ''}` : `${one.tag} ${one.outcome}`}`),
    ...[...links].map((link) => `handed out: ${link}`),
  ]
}
