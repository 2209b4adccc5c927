import { type Dialect, isObject, type PaymentError, type RefusalReason } from '../../core/index.js'

// IppoPay documents no error answer. `success: false` is its envelope; `{ message }` without `success` is what the API
// gateway in front of it says, and only under the statuses such a gateway answers by itself.
const frontStatuses: readonly number[] = [401, 403, 404, 429]

const refusal: Dialect['refusal'] = (body, httpStatus) => {
  if (!isObject(body)) return undefined
  const { success, message } = body
  const fromFront = success === undefined && typeof message === 'string' && frontStatuses.includes(httpStatus)
  return success === false || fromFront
    ? { texts: typeof message === 'string' ? [message] : [], fields: [] }
    : undefined
}

/** How IppoPay says no. Texts are no contract and decide nothing, but for `meanings`; `otherwise` is a no under a status that gives no reason. */
const dialect = (meanings: Dialect['meanings'], otherwise: RefusalReason): Dialect => ({
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

/** A no to anything that no other dialect is for. */
export const general = dialect([], 'validation')

/** A no to reading one object. Its id is all there is in the request, so nothing else can be wrong. */
export const oneObject = dialect([], 'not_found')

/** Whether a read found nothing. Straight after a request was lost, that is no evidence. */
export const isNotFound = (error: PaymentError): boolean => error._tag === 'Refused' && error.reason === 'not_found'

/**
 * A no to what carries a unique reference of ours. The text of a repeat is not documented; what may be one is looked up,
 * never taken for a refusal.
 */
export const uniqueReference = dialect([[/duplicate|already|exist|unique/i, 'registered']], 'validation')
