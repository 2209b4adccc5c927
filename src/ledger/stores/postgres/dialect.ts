import { type Dialect, raw } from '../statements.js'

/**
 * The database's time, in milliseconds since the epoch, as of the arrival of the statement: what waits for a lock counts its
 * lease from before the wait, and an index can be searched by it.
 */
export const NOW = 'floor(extract(epoch from statement_timestamp()) * 1000)::bigint'

export const dialect: Dialect = {
  placeholder: (n) => `$${n}`,
  now: () => raw(NOW),
  each: (array) =>
    raw(
      `(select value, ordinality - 1 as key from json_array_elements_text(${array}::json) with ordinality as element (value, ordinality)) as each`,
    ),
}
