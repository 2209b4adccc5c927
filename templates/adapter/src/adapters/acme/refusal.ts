import { isObject, type Json, type Meaning, type RefusalRules } from '../../core/index.js'

// TEMPLATE: replace the envelope and the tables by the gateway's. An answer that is not in its envelope proves nothing, so
// `refusal` has to tell it from that of a proxy. Texts are no contract: use `meanings` only if the gateway has no codes.

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

/** `{ error: { code, message, field? } }`. Source: Acme's API, Refusals. */
const refusal: RefusalRules['refusal'] = (body) => {
  if (!isObject(body) || !isObject(body.error)) return undefined
  const { message, field } = body.error
  const code = textOf(body.error.code)
  if (code === undefined) return undefined
  return { code, texts: [textOf(message)].filter(isText), fields: [textOf(field)].filter(isText) }
}

const isText = (value: string | undefined): value is string => value !== undefined

/** What Acme's codes stand for. Source: Acme's API, Refusals. */
const codes: ReadonlyMap<string, Meaning> = new Map([
  ['unauthorized', 'authentication'],
  ['forbidden', 'permission'],
  ['not_found', 'not_found'],
  ['invalid_field', 'validation'],
  ['not_paid', 'validation'],
  ['amount_too_high', 'amount_limit'],
  ['insufficient_funds', 'insufficient_funds'],
  ['too_many_requests', 'rate_limited'],
  // The key was used before: an earlier send of this operation was taken. It is read, never taken for a refusal.
  ['key_reused', 'registered'],
])

/** How Acme refuses. A code that is not documented decides nothing: the outcome stays unknown. */
export const refusalRules: RefusalRules = {
  refusal,
  meanings: [],
  byStatus: (_httpStatus, { code = '' }) => codes.get(code),
}
