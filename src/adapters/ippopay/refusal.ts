import {
  fieldOf,
  isObject,
  leavesOpen,
  type PaymentError,
  type RefusalReason,
  type RefusalRules,
} from '../../core/index.js'

// IppoPay documents no error answer and no code of one. `success: false` is its envelope; `{ message }` without `success` is
// what the API gateway in front of it says, and only under the statuses that such a gateway answers by itself.
const frontStatuses: readonly number[] = [401, 403, 404, 429]

const refusal: RefusalRules['refusal'] = (body, httpStatus) => {
  if (!isObject(body)) return undefined
  const [success, message] = ['success', 'message'].map((name) => fieldOf(body, name))
  const fromFront = success === undefined && typeof message === 'string' && frontStatuses.includes(httpStatus)
  return success === false || fromFront
    ? { texts: typeof message === 'string' ? [message] : [], fields: [] }
    : undefined
}

/** How IppoPay refuses. Texts are no contract and decide nothing but `meanings`; `otherwise` is the reason under a status that gives none. */
const refusalRules = (meanings: RefusalRules['meanings'], otherwise: RefusalReason): RefusalRules => ({
  refusal,
  meanings,
  byStatus: (httpStatus) => {
    switch (httpStatus) {
      case 401:
        return 'authentication'
      case 403:
        return 'permission'
      case 404:
        return 'not_found'
      case 429:
        return 'rate_limited'
      default:
        return otherwise
    }
  },
})

// Words that leave open whether it was executed are no refusal, whatever status comes with them.
const undecided: RefusalRules['meanings'] = [[leavesOpen, 'lost']]

/** A refusal of anything that no other rules are for. */
export const general = refusalRules(undecided, 'validation')

/** A refusal to read one object. Its id is all that the request holds, so nothing else can be wrong. */
export const oneObject = refusalRules([], 'not_found')

/** Whether a read found nothing. Immediately after an answer was lost, that is no evidence. */
export const isNotFound = (error: PaymentError): boolean => error._tag === 'Refused' && error.reason === 'not_found'

/**
 * A refusal of what carries a unique reference of ours. The text about a repeat is not documented; what may be one is read,
 * never taken for a refusal.
 */
export const uniqueReference = refusalRules(
  [[/duplicate|already|exist|unique/i, 'registered'], ...undecided],
  'validation',
)
