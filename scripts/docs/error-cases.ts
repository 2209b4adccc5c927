import {
  conflict,
  indeterminate,
  inProgress,
  invalidConfig,
  invalidRequest,
  type PaymentError,
  type RefusalReason,
  rateLimited,
  refused,
  unreachable,
  unsupported,
} from '../../src/core/index.js'
import { code, table } from './markdown.js'

interface Case {
  /** Instances of the case, one for each answer to "may I repeat it?". */
  readonly examples: readonly PaymentError[]
  readonly happened: string
  readonly mayDo: string
}

const cases: Readonly<Record<PaymentError['_tag'], Case>> = {
  InvalidConfig: {
    examples: [invalidConfig([])],
    happened: 'The configuration is wrong at the paths in `issues`. Nothing was sent.',
    mayDo: 'Correct the configuration.',
  },
  InvalidRequest: {
    examples: [invalidRequest([])],
    happened: 'The request is wrong at the paths in `issues`. Nothing was sent.',
    mayDo: 'Correct the request.',
  },
  Unsupported: {
    examples: [unsupported([])],
    happened: 'This gateway cannot do, or has no place for, what `issues` names. Nothing was sent.',
    mayDo: 'Ask for something else, or another account.',
  },
  Unreachable: {
    examples: [unreachable('connect')],
    happened: 'No byte of the decisive request left; `phase` says how far it came.',
    mayDo: 'Call again whenever you like, at this account or another.',
  },
  InProgress: {
    examples: [inProgress()],
    happened: 'Another worker is on this operation, and may have sent it.',
    mayDo: 'Wait, then call again under the same key.',
  },
  Conflict: {
    examples: [conflict()],
    happened: 'The idempotency key was used for another request. Says nothing about that one’s money.',
    mayDo: 'Find out which request the key belongs to. A new wish takes a new key.',
  },
  RateLimited: {
    examples: [rateLimited()],
    happened: 'The gateway asked to slow down, in its own words. It did not act.',
    mayDo: 'Wait `retryAfterMs`, where it is given, then call again under the same key.',
  },
  Refused: {
    examples: [refused('authentication', 401), refused('validation', 422)],
    happened: 'The gateway said no, and `reason` says why. It did not act.',
    mayDo: 'See to the reason; the table below tells which of them may be repeated.',
  },
  Indeterminate: {
    examples: [indeterminate('moves_money', 'answer'), indeterminate('reads', 'answer')],
    happened: 'Bytes left and no answer came that says anything. **The gateway may have acted.**',
    mayDo:
      'Read `reference` back, or ask the gateway. Never call it failed, never repeat it blindly. A read may be repeated.',
  },
}

const mayRepeat = ({ _tag, retry }: PaymentError): string =>
  _tag === 'Indeterminate' && retry === 'safe' ? `${code(retry)} for a read` : code(retry)

export const errorTable = (): string =>
  table(
    ['`_tag`', '`outcome`', '`retry`', 'What happened', 'What you may do'],
    Object.entries(cases).map(([tag, { examples, happened, mayDo }]) => [
      code(tag),
      [...new Set(examples.map(({ outcome }) => code(outcome)))].join(', '),
      examples.map(mayRepeat).join(', '),
      happened,
      mayDo,
    ]),
  )

const reasons: Readonly<Record<RefusalReason, string>> = {
  authentication: 'the credentials were not accepted',
  permission: 'the credentials may not do this',
  configuration: 'the account is not set up for this at the gateway',
  insufficient_funds: 'the merchant’s balance does not cover it',
  signature: 'the signature was not accepted',
  validation: 'the gateway found fields wrong; `fields` names them',
  not_found: 'the gateway does not know the object',
  amount_limit: 'the amount is too small or too large for it',
  bank_details: 'the beneficiary’s details were not accepted',
  expired: 'the object can no longer be used',
}

export const reasonTable = (): string =>
  table(
    ['`reason`', 'Means', '`retry`'],
    Object.entries(reasons).map(([reason, means]) => [
      code(reason),
      means,
      code(refused(reason as RefusalReason, 400).retry),
    ]),
  )
