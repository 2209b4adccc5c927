import * as E from 'fp-ts/lib/Either.js'
import type { DatabaseFinding } from '../maintained.js'
import { migrationsTable, type Row, refusingTriggerNames, upgradeOf } from '../statements.js'
import { queueStatements } from './queue.js'

const ours = (name: string): string => `${name} like 'paymux\\_%'`

/**
 * What the server shows of our schema: a row for each table, column, constraint, index, trigger and function, with its definition as the server
 * writes it. `works`: it is valid and not switched off.
 */
export const SHOW_SCHEMA = `with t as (select oid, relname from pg_class where relkind = 'r' and ${ours('relname')} and pg_table_is_visible(oid))
  select 'table' as kind, relname as table_name, '' as name, '' as definition, '' as body, true as works from t
  union all
  select 'column', t.relname, a.attname, format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
      || case a.attidentity when 'a' then ' generated always as identity' else '' end || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''), '', true
    from t join pg_attribute a on a.attrelid = t.oid left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped
  union all
  select 'constraint', t.relname, '', pg_get_constraintdef(c.oid, true), '', c.convalidated
    from t join pg_constraint c on c.conrelid = t.oid where c.contype in ('p', 'u', 'f', 'c')
  union all
  select 'index', t.relname, x.relname, pg_get_indexdef(i.indexrelid, 0, true), '', i.indisvalid
    from t join pg_index i on i.indrelid = t.oid join pg_class x on x.oid = i.indexrelid
    where not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))
  union all
  select 'trigger', t.relname, g.tgname, pg_get_triggerdef(g.oid, true), p.prosrc, g.tgenabled <> 'D'
    from t join pg_trigger g on g.tgrelid = t.oid join pg_proc p on p.oid = g.tgfoid where not g.tgisinternal
  union all
  select 'function', '(all)', proname, '', prosrc, true from pg_proc
    where ${ours('proname')} and pg_function_is_visible(oid) and prorettype <> 'trigger'::regtype`

/** One part of a schema, as this version makes it or as it was found. */
interface Part {
  readonly kind: 'table' | 'column' | 'constraint' | 'index' | 'trigger' | 'function'
  readonly table: string
  /** Empty for a table, and for a constraint, which the server names. */
  readonly name: string
  readonly definition: string
  /** What a trigger or a function does. */
  readonly body: string
}

// The server adds casts and names of access methods, and writes `in` in other words.
const added: readonly string[] = ['text', 'bigint', 'in', 'any', 'array', 'using', 'btree']

/** The words of a definition in their order: of two that mean the same, one may have more parentheses. */
const wordsOf = (definition: string): string =>
  (definition.match(/'[^']*'|\w+/g) ?? [])
    .map((word) => (word.startsWith("'") ? word : word.toLowerCase()))
    .filter((word) => !added.includes(word))
    .join(' ')

/** The same for two parts that are alike. */
const keyOf = ({ kind, table, name, definition, body }: Part): string => {
  // A column is its type; a default may have a cast.
  const means = kind === 'column' ? definition.replace(/::\w+$/, '') : wordsOf(definition)
  return JSON.stringify([kind, table, name, means, body])
}

const deeper: Readonly<Record<string, number>> = { '(': 1, ')': -1 }

/** The items of a list in parentheses: those within others are not divided. */
const items = (list: string): readonly string[] => {
  let depth = 0
  const found = ['']
  for (const character of list) {
    depth += deeper[character] ?? 0
    if (character === ',' && depth === 0) found.push('')
    else found.push(`${found.pop() ?? ''}${character}`)
  }
  return found.map((item) => item.trim())
}

// Of a constraint: the server's own name of one is as good.
const named = /^constraint \w+\s+/

const column =
  /^(\w+) (\w+(?: generated always as identity)?)( primary key)?( not null)?( default \S+)?( primary key)?( unique)?(?: (references .*)| (check .*))?$/s

/** The parts of `name type …`, in the words of the server, or of a constraint of the table. */
const partsOfItem = (table: string, item: string): readonly Part[] => {
  const constraint = (definition: string): Part => ({ kind: 'constraint', table, name: '', definition, body: '' })
  const [, name = '', type = '', key, notNull, standard = '', late, unique, references, check] = column.exec(item) ?? []
  if (name === '' || ['primary', 'unique', 'check'].includes(name)) return [constraint(item.replace(named, ''))]
  const isKey = key !== undefined || late !== undefined
  const [kind = '', ...identity] = type.split(' ')
  const isNeeded = isKey || notNull !== undefined || identity.length > 0
  const definition = [kind, ...(isNeeded ? ['not null'] : []), ...identity].join(' ')
  return [
    { kind: 'column', table, name, definition: `${definition}${standard}`, body: '' },
    ...(isKey ? [constraint(`primary key (${name})`)] : []),
    ...(unique === undefined ? [] : [constraint(`unique (${name})`)]),
    ...(references === undefined ? [] : [constraint(`foreign key (${name}) ${references}`)]),
    ...(check === undefined ? [] : [constraint(check)]),
  ]
}

const bodyOf = (statement: string): string => /\$\$([\s\S]*)\$\$/.exec(statement)?.[1] ?? ''

const madeBy = (statements: readonly string[]): readonly Part[] => {
  const functions = new Map(
    statements.flatMap((text) => {
      const [, name, result] = /^create or replace function (\w+)\(.*\) returns (\w+)/.exec(text) ?? []
      return name === undefined ? [] : [[name, { result, body: bodyOf(text) }] as const]
    }),
  )
  return [
    ...[...functions].flatMap(([name, { result, body }]): readonly Part[] =>
      result === 'trigger' ? [] : [{ kind: 'function', table: '(all)', name, definition: '', body }],
    ),
    ...statements.flatMap((text): readonly Part[] => {
      const [, table, list] = /^create table (?:if not exists )?(\w+) \(([\s\S]*)\)$/.exec(text) ?? []
      if (table !== undefined && list !== undefined)
        return [
          { kind: 'table', table, name: '', definition: '', body: '' },
          ...items(list).flatMap((item) => partsOfItem(table, item)),
        ]
      const [, kind, name, on] = /^create (?:unique )?(index|trigger) (\w+)\b[\s\S]*? on (\w+)/.exec(text) ?? []
      if ((kind !== 'index' && kind !== 'trigger') || name === undefined || on === undefined) return []
      return [{ kind, table: on, name, definition: text, body: functions.get(name)?.body ?? '' }]
    }),
  ]
}

const expectedParts = (): readonly Part[] => {
  const upgrade = upgradeOf('postgres', [])
  return madeBy([migrationsTable, ...(E.isRight(upgrade) ? upgrade.right.statements : []), ...queueStatements])
}

const foundPart = (row: Row): Part => ({
  kind: row.kind as Part['kind'],
  table: String(row.table_name),
  name: String(row.name),
  definition: row.works === true ? String(row.definition) : '',
  body: String(row.body),
})

const whatOf = ({ kind, name, definition }: Part): { readonly what?: string } => {
  if (kind === 'table') return {}
  return { what: kind === 'constraint' ? definition.toLowerCase() : name }
}

/** Compares what {@link SHOW_SCHEMA} shows with what this version makes. */
export const schemaFindings = (rows: readonly Row[]): readonly DatabaseFinding[] => {
  const expected = new Map(expectedParts().map((part) => [keyOf(part), part]))
  const found = new Map(
    rows
      .map(foundPart)
      .filter(({ name }) => !refusingTriggerNames.includes(name))
      .map((part) => [keyOf(part), part]),
  )
  const differing = [
    ...[...expected].filter(([key]) => !found.has(key)),
    ...[...found].filter(([key]) => !expected.has(key)),
  ].map(([, part]): DatabaseFinding => ({ code: 'schema_differs', table: part.table, ...whatOf(part) }))
  // One that says something else is missing as it should be, and there as it should not.
  return [...new Map(differing.map((finding) => [JSON.stringify(finding), finding])).values()]
}
