import * as E from 'fp-ts/lib/Either.js'
import type { Issue } from '../../core/index.js'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

const MAX_DEPTH = 32

// An escaped opening, a reference, or an opening that is neither.
const opening = /\$\$\{|\$\{([A-Za-z_]\w*)\}|\$\{/g

const inText = (text: string, path: string, env: Environment, issues: Issue[]): string =>
  text.replace(opening, (found, name: string | undefined) => {
    if (found === '$${') return '${'
    const value = name === undefined || !Object.hasOwn(env, name) ? undefined : env[name]
    if (value !== undefined && value !== '') return value
    const expected =
      name === undefined ? 'a name and } after ${, or $${ for the text itself' : `the environment variable ${name}`
    issues.push({ path, expected })
    return ''
  })

// The names are the merchant's own, of accounts and fields. What does not look like one may be anything.
const step = (path: string, key: string, index: number): string => {
  const place = /^[A-Za-z$][\w.-]{0,63}$/.test(key) ? key : `#${index + 1}`
  return path === '' ? place : `${path}.${place}`
}

const isPlain = (value: object): boolean => [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** The fields of an object, or an issue at its place: a getter, or a proxy, may throw. */
const fieldsOf = (
  value: object,
  path: string,
  issues: Issue[],
): ReadonlyArray<readonly [string, unknown]> | undefined => {
  try {
    return isPlain(value) ? Object.entries(value) : undefined
  } catch {
    issues.push({ path: path === '' ? '(root)' : path, expected: 'plain data: a field of it threw when it was read' })
    return []
  }
}

const inValue = (value: unknown, path: string, depth: number, env: Environment, issues: Issue[]): unknown => {
  if (typeof value === 'string') return inText(value, path, env, issues)
  if (typeof value !== 'object' || value === null) return value
  if (depth > MAX_DEPTH) {
    issues.push({ path: '(root)', expected: `at most ${MAX_DEPTH} levels` })
    return undefined
  }
  if (Array.isArray(value)) return value.map((item, index) => inValue(item, `${path}.${index}`, depth + 1, env, issues))
  const fields = fieldsOf(value, path, issues)
  if (fields === undefined) return value
  return Object.fromEntries(
    fields.map(([key, field], index) => [key, inValue(field, step(path, key, index), depth + 1, env, issues)]),
  )
}

/**
 * A configuration with every `${NAME}` in its texts replaced by the environment variable; `$${` stands for `${`. What a
 * variable holds is not looked at again. One that is not set, or empty, is an issue that names it; no issue holds a value.
 */
export const withEnvironment = (config: unknown, env: Environment): E.Either<readonly Issue[], unknown> => {
  const issues: Issue[] = []
  const replaced = inValue(config, '', 0, env, issues)
  return issues.length > 0 ? E.left(issues) : E.right(replaced)
}
