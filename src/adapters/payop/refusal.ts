import { type Dialect, isObject, type Json, type Refusal } from '../../core/index.js'

const MAX_DEPTH = 5

/** Every text within a message, whatever its shape. */
const textsIn = (message: Json | undefined, depth = 0): readonly string[] => {
  if (typeof message === 'string') return [message]
  if (typeof message !== 'object' || message === null || depth === MAX_DEPTH) return []
  return Object.values(message).flatMap((part) => textsIn(part, depth + 1))
}

/** `{ message }` or `status: 0`. A message is a text, a map from fields to texts or, in trouble of Payop's own, a list of objects. */
const refusal: Dialect['refusal'] = (body, httpStatus): Refusal | undefined => {
  if (!isObject(body)) return undefined
  const { message, data, status } = body
  const refuses = status === 0 || (message !== undefined && (httpStatus >= 400 || data === undefined))
  if (!refuses) return undefined
  // What another system told Payop ("cURL error 7: …") may read like a reason and is none.
  if (Array.isArray(message) && message.some(isObject)) return { texts: ['Something went wrong'], fields: [] }
  return { texts: textsIn(message), fields: isObject(message) ? Object.keys(message) : [] }
}

// Payop: payop-api-doc, Responses, and the error tables of each page. Codes are unreliable there; texts decide first.
const meanings: Dialect['meanings'] = [
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
]

const byStatus: Dialect['byStatus'] = (httpStatus, { fields }) => {
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

/** How Payop says no to a request without a token. */
export const open: Dialect = { refusal, meanings, byStatus }

/** How Payop says no to a request with one. A garbled token is complained about as if the body were (PayDo, the same code). */
export const authorized: Dialect = {
  ...open,
  meanings: [
    [/syntax error, malformed json|malformed utf-8|unexpected control character/i, 'authentication'],
    ...meanings,
  ],
}
