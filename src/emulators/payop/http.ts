import type { Context } from 'hono'
import type { ExecutionDetail } from '../kit/execution-log.js'
import { isRecord } from '../kit/input.js'
import { Refusal } from './errors.js'
import type { Gateway, Json } from './state.js'

const isJsonType = (contentType: string | undefined): boolean =>
  /^application\/json\s*(;|$)/i.test(contentType?.trim() ?? '')

/** Payop takes JSON only. It refuses another type and a body that does not parse in the same words. */
export const readJson = async (c: Context): Promise<Json> => {
  const text = await c.req.text()
  if (isJsonType(c.req.header('content-type'))) {
    try {
      return record(JSON.parse(text))
    } catch {}
  }
  throw new Refusal(415, 'Unsupported media type. Only json allowed')
}

export const record = (value: unknown): Json => (isRecord(value) ? value : {})

/** The payer's further fields by name. Clients send an object, or a list of objects. */
export const extraFieldsOf = (value: unknown): Json =>
  Array.isArray(value) ? Object.fromEntries(value.flatMap((one) => Object.entries(record(one)))) : record(value)

export const isBlank = (value: unknown): boolean => value === undefined || value === null || value === ''

/** Text as PHP casts it: a number becomes a string, any other value becomes empty. */
export const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

/** PHP encodes an empty map as `[]`. */
export const phpMap = ({ behaviour }: Gateway, map: Json): Json | readonly never[] =>
  Object.keys(map).length === 0 && behaviour.emptyMaps === 'array' ? [] : map

export const seconds = (ms: number): number => Math.floor(ms / 1000)
export const secondsOrNull = (ms: number | null): number | null => (ms === null ? null : seconds(ms))

/** The caller's key of an operation: the metadata field that paymux sets, else the idempotency header. */
export const callerKey = (c: Context, metadata: Json): string | undefined =>
  typeof metadata.paymux === 'string' ? metadata.paymux : c.req.header('idempotency-key')

/** The values of `query[name]=a,b`. */
export const queryList = (c: Context, name: string): readonly string[] | undefined =>
  c.req
    .query(`query[${name}]`)
    ?.split(',')
    .filter((value) => value !== '')

/** All elements, the newest first, or those of `query[identifier]`. */
export const listed = <Element extends { readonly id: string }>(
  c: Context,
  { behaviour }: Gateway,
  elements: ReadonlyMap<string, Element>,
): readonly Element[] => {
  const all = [...elements.values()].reverse()
  const requested = queryList(c, 'identifier')
  return requested === undefined || behaviour.listFilter === 'ignored'
    ? all
    : all.filter(({ id }) => requested.includes(id))
}

/** How a handler writes to the execution log. */
export interface Audit {
  /** Adds details of the request. */
  readonly note: (detail: { readonly [Field in keyof ExecutionDetail]?: string | undefined }) => void
  /** Records that it is executed now. */
  readonly executed: () => void
  /** Records that it is refused, in an answer that looks like a success. */
  readonly refused: (refusal: string) => void
}

/** A handler whose requests are in the execution log. A refusal that it throws is recorded. */
export const logged =
  ({ log }: Gateway, route: string, handle: (c: Context, audit: Audit) => Promise<Response>) =>
  async (c: Context): Promise<Response> => {
    const known = new Map<string, string>()
    const note: Audit['note'] = (detail) => {
      for (const [field, value] of Object.entries(detail)) if (value !== undefined) known.set(field, value)
    }
    note({ key: callerKey(c, {}) })
    const refused: Audit['refused'] = (refusal) => log.refused(route, refusal, Object.fromEntries(known))
    try {
      return await handle(c, { note, refused, executed: () => log.executed(route, Object.fromEntries(known)) })
    } catch (error) {
      if (error instanceof Refusal) refused(error.logged)
      throw error
    }
  }
