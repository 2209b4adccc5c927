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
    happened: 'The gateway cannot do what the money needs: `issues` names it. Nothing was sent.',
    mayDo: 'Change the request, or call another account.',
  },
  Unreachable: {
    examples: [unreachable('connect')],
    happened:
      'No byte of the submission left; `phase` says how far the call had come, `host` which host was not reached.',
    mayDo: 'Call again, at this account or another.',
  },
  InProgress: {
    examples: [inProgress()],
    happened:
      'Another worker executes this operation, or the ledger could not say what became of it: `code` says why. It may have been sent.',
    mayDo: 'Wait, then call again with the same key.',
  },
  Conflict: {
    examples: [conflict()],
    happened:
      'The idempotency key was used for another request. The error says nothing about the money of that request.',
    mayDo: 'Find the request that the key was used for. Use a new key for a new request.',
  },
  RateLimited: {
    examples: [rateLimited()],
    happened: 'The gateway asked to slow down, in its own words. It did not act.',
    mayDo: 'Wait `retryAfterMs` if it is present, then call again with the same key.',
  },
  Refused: {
    examples: [refused('authentication', 401), refused('validation', 422)],
    happened: 'The gateway refused the request: `reason` says why, `providerCode` is its own code. It did not act.',
    mayDo: 'Correct what `reason` names. The table below says which reasons allow a repeat.',
  },
  Indeterminate: {
    examples: [indeterminate('moves_money', 'answer'), indeterminate('reads', 'answer')],
    happened:
      'Bytes left and no usable answer came; `paths` are the places of the answer that did not decode. **The gateway may have acted.**',
    mayDo:
      'Read `reference` back, or ask the gateway. Do not treat it as failed, and do not repeat it before the read. A read may be repeated.',
  },
}

const mayRepeat = ({ _tag, retry }: PaymentError): string =>
  _tag === 'Indeterminate' && retry === 'safe' ? `${code(retry)} for a read` : code(retry)

export const errorTable = (): string =>
  table(
    ['`_tag`', '`outcome`', '`retry`', 'Description', 'What to do'],
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
    ['`reason`', 'Description', '`retry`'],
    Object.entries(reasons).map(([reason, means]) => [
      code(reason),
      means,
      code(refused(reason as RefusalReason, 400).retry),
    ]),
  )
