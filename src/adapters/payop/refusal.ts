import { fieldOf, isObject, type Json, leavesOpen, type Refusal, type RefusalRules } from '../../core/index.js'

const MAX_DEPTH = 5

/** Every text within a message, whatever its shape. */
const textsIn = (message: Json | undefined, depth = 0): readonly string[] => {
  if (typeof message === 'string') return [message]
  if (typeof message !== 'object' || message === null || depth === MAX_DEPTH) return []
  return Object.values(message).flatMap((part) => textsIn(part, depth + 1))
}

/**
 * `{ message }` or `status: 0`. A message is a text, a map from fields to texts or, for a fault of Payop's own, a list of
 * objects. A refusal has no code. Source: payop-api-doc, Responses.
 */
const refusal: RefusalRules['refusal'] = (body, httpStatus): Refusal | undefined => {
  if (!isObject(body)) return undefined
  const [message, data, status] = ['message', 'data', 'status'].map((name) => fieldOf(body, name))
  const refuses = status === 0 || (message !== undefined && (httpStatus >= 400 || data === undefined))
  if (!refuses) return undefined
  // The text is another system's ("cURL error 7: …"): it may read like a reason, but it is not one.
  if (Array.isArray(message) && message.some(isObject)) return { texts: ['Something went wrong'], fields: [] }
  return { texts: textsIn(message), fields: isObject(message) ? Object.keys(message) : [] }
}

// Source: payop-api-doc, Responses, and the error tables of each page. Statuses are unreliable there; texts decide first.
const meanings: RefusalRules['meanings'] = [
  [/too many requests/i, 'rate_limited'],
  [/temporarily unavailable/i, 'lost'],
  [/wrong signature/i, 'signature'],
  [/full authentication is required|authorization token invalid|unable find authenticated user/i, 'authentication'],
  [/^access denied|is not available for your application/i, 'permission'],
  [/method must be enabled|application not found|is not supported for the payouts/i, 'configuration'],
  [/currency .*is not supported by method|unable decrypt message/i, 'configuration'],
  [/overdue/i, 'expired'],
  [/not unique idempotency key/i, 'registered'],
  [/insufficient/i, 'insufficient_funds'],
  [/exceeds the permissible limit|less than the permissible minimum|bigger than transaction amount/i, 'amount_limit'],
  [/bank details for .*not found/i, 'bank_details'],
  [/not found/i, 'not_found'],
  [/only json allowed|should be a collection of withdrawal objects/i, 'validation'],
  [/something went wrong/i, 'lost'],
  [leavesOpen, 'lost'],
]

const byStatus: RefusalRules['byStatus'] = (httpStatus, { fields }) => {
  if (fields.length > 0) return 'validation'
  switch (httpStatus) {
    case 400:
    case 405:
    case 415:
    case 422:
      return 'validation'
    case 401:
      return 'authentication'
    case 403:
      return 'permission'
    case 404:
      return 'not_found'
    case 409:
      return 'registered'
    case 429:
      return 'rate_limited'
    default:
      return undefined
  }
}

/** How Payop refuses a request without a token. */
export const open: RefusalRules = { refusal, meanings, byStatus }

/** How Payop refuses a request with a token. It reports a garbled token as a malformed body. Source: PayDo's documents, the same code. */
export const authorized: RefusalRules = {
  ...open,
  meanings: [
    [/syntax error, malformed json|malformed utf-8|unexpected control character/i, 'authentication'],
    ...meanings,
  ],
}
