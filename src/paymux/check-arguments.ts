import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import type * as t from 'io-ts'
import {
  checkPlainData,
  decode,
  exactObject,
  exactObjectOf,
  fromPredicate,
  type Issue,
  invalidConfig,
  invalidRequest,
  type OperationName,
  operationNames,
  type PaymentError,
  type Period,
  refine,
  text,
} from '../core/index.js'
import type { Subscriber } from '../orchestrator/index.js'
import type { WebhookLimits } from '../webhooks/index.js'
import type { PaymuxOptions } from './options.js'

/** What a caller knows an operation by. */
export interface OperationKey {
  /** The money method that was called. */
  readonly name: OperationName
  /** The key that it was called with. */
  readonly idempotencyKey: string
}

const OperationId = text('the id of an operation', (value) => /^[\w-]{1,64}$/.test(value))
const IdempotencyKey = text('1 to 128 of A-Z a-z 0-9 _ : . -', (value) => /^[\w:.-]{1,128}$/.test(value))
const Name = fromPredicate(operationNames.join(', '), (value): value is OperationName =>
  operationNames.some((name) => name === value),
)
const Key = exactObject(
  'the id of an operation, or its name and idempotencyKey',
  { name: Name, idempotencyKey: IdempotencyKey },
  {},
)
const Time = fromPredicate('milliseconds since the epoch', (value): value is number => Number.isSafeInteger(value))
const PeriodCodec = refine(
  exactObject('a period: from and to', { from: Time, to: Time }, {}),
  'a period that ends after it begins',
  (period): Period | undefined => (period.from < period.to ? period : undefined),
)
const Limit = fromPredicate(
  'a whole number from 1 to 10000',
  (value): value is number => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 10_000,
)
const SubscriberName = text('a name of 1 to 64 of A-Z a-z 0-9 _ . : -', (value) => /^[\w.:-]{1,64}$/.test(value))
const SubscriberCodec = fromPredicate('a function', (value): value is Subscriber => typeof value === 'function')

const functionOf = <F>() => fromPredicate('a function', (value): value is F => typeof value === 'function')
const objectOf = <O extends object>() =>
  fromPredicate('an object', (value): value is O => typeof value === 'object' && value !== null)
const wholeFrom = (least: number, expected = `a whole number, ${least} or more`) =>
  fromPredicate(expected, (value): value is number => Number.isSafeInteger(value) && Number(value) >= least)
const LimitsCodec = exactObjectOf<Partial<WebhookLimits>>(
  'an object',
  {},
  {
    bodyBytes: wholeFrom(1024, 'a whole number of bytes, 1024 or more'),
    // A timer that is longer fires at once.
    bodyMs: fromPredicate(
      'a whole number of milliseconds from 1 to 2147483647',
      (value): value is number => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 2_147_483_647,
    ),
    inFlight: wholeFrom(1),
    unmatchedPerHour: wholeFrom(1),
    unmatchedBytesPerHour: wholeFrom(1024, 'a whole number of bytes, 1024 or more'),
  },
)
const OptionsCodec = exactObjectOf<PaymuxOptions>(
  'an object',
  {},
  {
    catalog: objectOf<NonNullable<PaymuxOptions['catalog']>>(),
    env: objectOf<NonNullable<PaymuxOptions['env']>>(),
    waitMs: fromPredicate(
      'milliseconds, 0 or more',
      (value): value is number => Number.isFinite(value) && Number(value) >= 0,
    ),
    concurrency: wholeFrom(1),
    readsPerSecond: fromPredicate(
      'a number, 1 or more',
      (value): value is number => Number.isFinite(value) && Number(value) >= 1,
    ),
    onDeliveryFailure: functionOf<NonNullable<PaymuxOptions['onDeliveryFailure']>>(),
    onNotification: functionOf<NonNullable<PaymuxOptions['onNotification']>>(),
    webhookLimits: LimitsCodec,
    onBackgroundFailure: functionOf<NonNullable<PaymuxOptions['onBackgroundFailure']>>(),
    clock: functionOf<NonNullable<PaymuxOptions['clock']>>(),
  },
)

/** Checks one argument. The paths of the issues begin with its name. */
const checkedArgument =
  <A>(name: string, codec: t.Decoder<unknown, A>, error: (issues: readonly Issue[]) => PaymentError) =>
  (value: unknown): E.Either<PaymentError, A> =>
    pipe(
      checkPlainData<readonly Issue[], A>(() => decode(codec, value), identity),
      E.mapLeft((issues) =>
        error(issues.map(({ path, expected }) => ({ path: path === '(root)' ? name : `${name}.${path}`, expected }))),
      ),
    )

const argument = <A>(name: string, codec: t.Decoder<unknown, A>) => checkedArgument(name, codec, invalidRequest)

/** Checks what is set beside the configuration. Errors: `InvalidConfig`. */
export const checkOptions = checkedArgument('options', OptionsCodec, (issues) => invalidConfig(issues))

/** Checks the id of an operation. Errors: `InvalidRequest`. */
export const checkOperationId = argument('operationId', OperationId)
/** Checks how many operations to give. Errors: `InvalidRequest`. */
export const checkLimit = argument('limit', Limit)
/** Checks a period. Errors: `InvalidRequest`. */
export const checkPeriod = argument('period', PeriodCodec)
/** Checks the name of a subscriber. Errors: `InvalidRequest`. */
export const checkSubscriberName = argument('name', SubscriberName)
/** Checks a subscriber. Errors: `InvalidRequest`. */
export const checkSubscriber = argument('subscriber', SubscriberCodec)

/** Checks where a backup is written. Errors: `InvalidRequest`. */
export const checkBackupPath = argument(
  'path',
  text('the path of a file', (value) => /^[^\0]{1,4096}$/.test(value)),
)

const checkKey = argument('operation', Key)

/** Checks what an operation is named by. Errors: `InvalidRequest`. */
export const checkOperation = (value: unknown): E.Either<PaymentError, string | OperationKey> =>
  typeof value === 'string' ? argument('operation', OperationId)(value) : checkKey(value)
