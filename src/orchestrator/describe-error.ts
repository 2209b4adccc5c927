import type { PaymentError } from '../core/index.js'

/** What an error is, in a line for the log and for operators: tag, reason or phase, and the HTTP status. No value of a request or an answer. */
export const describeError = (error: PaymentError): string => {
  switch (error._tag) {
    case 'Refused':
      return `${error._tag} ${error.reason} ${error.httpStatus}`
    case 'Unreachable':
      return `${error._tag} ${error.phase}`
    case 'Indeterminate':
      return [error._tag, error.phase, error.httpStatus ?? '', error.registered === true ? 'registered' : '']
        .join(' ')
        .trim()
    case 'InvalidConfig':
    case 'InvalidRequest':
    case 'Unsupported':
    case 'InProgress':
    case 'Conflict':
    case 'RateLimited':
      return error._tag
  }
}
