/** What a column holds. */
export type SqlValue = string | number | bigint | null

/** What stands in SQL text: a value, which becomes a parameter, more SQL, or what each database says in its own words. */
export type Part = SqlValue | Sql | ((dialect: Dialect) => Sql)

/** A piece of SQL: text with parts in between. */
export interface Sql {
  readonly texts: readonly string[]
  readonly parts: readonly Part[]
}

/** The databases that a store is kept in. */
export type Database = 'sqlite' | 'postgres'

/** Where the two databases do not speak alike. */
export interface Dialect {
  /** The placeholder of the parameter with this number, from 1. */
  readonly placeholder: (n: number) => string
  /** The store's time, in milliseconds since the epoch. */
  readonly now: () => Sql
  /** The elements of a JSON array of texts, as a table `each` of `key`, from 0, and `value`. */
  readonly each: (array: string) => Sql
}

/** SQL as a driver takes it. */
export interface Rendered {
  readonly text: string
  readonly params: readonly SqlValue[]
}

/** Writes SQL; what is put into it is a parameter, unless it is SQL itself. */
export const sql = (texts: TemplateStringsArray, ...parts: readonly Part[]): Sql => ({ texts, parts })

/** Names and keywords of our own. */
export const raw = (text: string): Sql => ({ texts: [text], parts: [] })

/** The condition that a column holds one of these values of our own, as text. */
export const isOneOf = (column: string, values: readonly string[]): string =>
  values.length === 0 ? 'false' : `${column} in (${values.map((value) => `'${value}'`).join(', ')})`

/** Parts with commas between them. */
export const list = (parts: readonly Part[]): Sql => ({
  texts: ['', ...Array.from({ length: parts.length - 1 }, () => ', '), ''],
  parts,
})

/** The store's time: what leases and due times are measured by. */
export const now: Part = (dialect) => dialect.now()

/**
 * A text that both databases hold, and give back as it was written: PostgreSQL has no NUL, and neither has half a surrogate
 * pair. Each becomes U+FFFD.
 */
export const storableText = (text: string): string => text.replace(/\0|\p{Surrogate}/gu, '\ufffd')

/** SQL in the words of one database. */
export const render = (dialect: Dialect, statement: Sql): Rendered => {
  const params: SqlValue[] = []
  const write = (part: Part): string => {
    if (typeof part === 'function') return writeAll(part(dialect))
    if (typeof part === 'object' && part !== null) return writeAll(part)
    params.push(typeof part === 'string' ? storableText(part) : part)
    return dialect.placeholder(params.length)
  }
  const writeAll = ({ texts, parts }: Sql): string => {
    let text = texts[0] ?? ''
    for (const [index, part] of parts.entries()) text += write(part) + (texts[index + 1] ?? '')
    return text
  }
  return { text: writeAll(statement), params }
}
