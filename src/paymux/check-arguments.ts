import * as E from 'fp-ts/lib/Either.js'
import { identity, pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  AccountName,
  CurrencyCode,
  checkPlainData,
  checkReference,
  chosen,
  decode,
  exactObject,
  exactObjectOf,
  fromPredicate,
  type Issue,
  invalidConfig,
  invalidRequest,
  type Kind,
  kinds,
  line,
  MerchantReference,
  machines,
  type OperationName,
  omitUndefined,
  oneOf,
  operationNames,
  type PaymentError,
  type Period,
  type Reference,
  refine,
  type StatusOf,
  text,
  wholeBetween,
} from '../core/index.js'
import {
  type ListOrder,
  type ListRequest,
  LONGEST_PAGE,
  operationStateNames,
  type SummaryQuery,
} from '../ledger/index.js'
import {
  type EraseOptions,
  type EraseQuery,
  type EventQuery,
  type EventType,
  type ExplainOptions,
  type ExplainQuery,
  eventTypes,
  type FindQuery,
  type ObjectQuery,
  type OperationQuery,
  type PageQuery,
  positionOf,
  type Subscriber,
} from '../orchestrator/index.js'
import type { WebhookLimits } from '../webhooks/index.js'
import { type CloseOptions, endSignals } from './close-on.js'
import type { PaymuxOptions } from './options.js'
import type { TickOptions } from './tick.js'

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
const Limit = wholeBetween(1, 10_000)
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
    readOnly: t.boolean,
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

/** Checks what a tick may take. Errors: `InvalidRequest`. */
export const checkTickOptions = argument(
  'options',
  exactObjectOf<TickOptions>('options', {}, { maxMs: wholeBetween(1000, 900_000) }),
)

/** Checks how a process ends. Errors: `InvalidRequest`. */
export const checkCloseOptions = argument(
  'options',
  exactObjectOf<CloseOptions>('options', {}, { graceMs: wholeBetween(100, 600_000) }),
)

/** Checks the signals that a process ends on. Errors: `InvalidRequest`. */
export const checkEndSignals = argument('signals', t.readonlyArray(oneOf(endSignals), 'a list of signals'))

const checkKey = argument('operation', Key)

/** Checks what an operation is named by. Errors: `InvalidRequest`. */
export const checkOperation = (value: unknown): E.Either<PaymentError, string | OperationKey> =>
  typeof value === 'string' ? argument('operation', OperationId)(value) : checkKey(value)

const statuses: readonly StatusOf<Kind>[] = [...new Set(kinds.flatMap((kind) => machines[kind].statuses)), 'unknown']

/** The fields of a page of a list whose entries have so many names. */
const pageFields = (names: number) => ({
  from: Time,
  to: Time,
  limit: wholeBetween(1, LONGEST_PAGE),
  cursor: text('nextCursor of the page before', (cursor) => positionOf(cursor, names) !== undefined),
  order: oneOf<ListOrder>(['newest_first', 'oldest_first']),
})

const DEFAULT_LIMIT = 100

/** A query of a list, as its filter and its page. */
const listRequest = <Query extends PageQuery>(
  names: number,
  codec: t.Type<Query, unknown>,
): t.Type<ListRequest<Omit<Query, keyof PageQuery>>, ListRequest<Omit<Query, keyof PageQuery>>, unknown> =>
  refine(
    codec,
    'a time range that ends after it begins',
    ({ from, to, limit = DEFAULT_LIMIT, cursor, order = 'newest_first', ...filter }) => {
      if (from !== undefined && to !== undefined && from >= to) return undefined
      const after = cursor === undefined ? undefined : positionOf(cursor, names)
      return { filter, page: { order, limit, ...omitUndefined({ from, to, after }) } }
    },
  )

// What names an entry beside its time: account, kind and id of an object; the id of an operation or an event.
const OBJECT_NAMES = 3
const OTHER_NAMES = 1

/** Checks which objects are listed. Errors: `InvalidRequest`. */
export const checkObjectQuery = argument(
  'query',
  listRequest(
    OBJECT_NAMES,
    exactObjectOf<ObjectQuery>(
      'an object',
      {},
      {
        kind: oneOf(kinds),
        status: oneOf(statuses),
        account: AccountName,
        currency: CurrencyCode,
        merchantReference: MerchantReference,
        review: t.boolean,
        disputed: t.boolean,
        ...pageFields(OBJECT_NAMES),
      },
    ),
  ),
)

/** Checks which operations are listed. Errors: `InvalidRequest`. */
export const checkOperationQuery = argument(
  'query',
  listRequest(
    OTHER_NAMES,
    exactObjectOf<OperationQuery>(
      'an object',
      {},
      { state: oneOf(operationStateNames), name: Name, account: AccountName, ...pageFields(OTHER_NAMES) },
    ),
  ),
)

/** Checks which events are listed. Errors: `InvalidRequest`. */
export const checkEventQuery = argument(
  'query',
  listRequest(
    OTHER_NAMES,
    exactObjectOf<EventQuery>(
      'an object',
      {},
      {
        subject: line(600),
        type: fromPredicate('a type of event', (value): value is EventType =>
          eventTypes.some((type) => type === value),
        ),
        undelivered: t.boolean,
        ...pageFields(OTHER_NAMES),
      },
    ),
  ),
)

/** Checks the id of an event. Errors: `InvalidRequest`. */
export const checkEventId = argument('eventId', line(640))

/** Checks what is summed up. Errors: `InvalidRequest`. */
export const checkSummaryQuery = argument(
  'query',
  refine(
    exactObjectOf<SummaryQuery>('a period: from and to', { from: Time, to: Time }, { by: t.literal('day', "'day'") }),
    'a period that ends after it begins',
    (query): SummaryQuery | undefined => (query.from < query.to ? query : undefined),
  ),
)

const FindByReference = exactObject('an object', { merchantReference: MerchantReference }, {})
const FindByKey = exactObject('an object', { operation: Name, idempotencyKey: IdempotencyKey }, {})
// An id may be made of a key and another id.
const FindById = exactObject('an object', { account: AccountName, id: line(300) }, {})
const FindByNothing = fromPredicate(
  'an object with merchantReference, with operation and idempotencyKey, or with account and id',
  (_value): _value is FindQuery => false,
)

const findCodecOf = (value: unknown): t.Decoder<unknown, FindQuery> => {
  const has = (field: string): boolean => Object.hasOwn(Object(value), field)
  if (has('merchantReference')) return FindByReference
  if (has('operation') || has('idempotencyKey')) return FindByKey
  return has('account') || has('id') ? FindById : FindByNothing
}

/** Checks what is looked for. Errors: `InvalidRequest`. */
export const checkFindQuery = argument('query', chosen<FindQuery>(FindByNothing.name, findCodecOf))

const isReference = (value: unknown): value is Reference<Kind> => Object.hasOwn(Object(value), 'kind')

/** Checks what is explained: a reference, or what is looked for. Errors: `InvalidRequest`. */
export const checkExplainQuery = (value: unknown): E.Either<PaymentError, ExplainQuery> =>
  checkPlainData<PaymentError, ExplainQuery>(
    () => (isReference(value) ? checkReference(value) : checkFindQuery(value)),
    invalidRequest,
  )

const isTimeZone = (value: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Checks for whom a story is written. Errors: `InvalidRequest`. */
export const checkExplainOptions = argument(
  'options',
  exactObjectOf<ExplainOptions>('an object', {}, { timeZone: text('an IANA time zone: Europe/Berlin', isTimeZone) }),
)

const EraseById = exactObject('an object', { account: AccountName, id: line(300) }, { kind: oneOf(kinds) })
const EraseByNothing = fromPredicate(
  'an object with merchantReference, or with account and id',
  (_value): _value is EraseQuery => false,
)

const eraseCodecOf = (value: unknown): t.Decoder<unknown, EraseQuery> => {
  const has = (field: string): boolean => Object.hasOwn(Object(value), field)
  if (has('merchantReference')) return FindByReference
  return has('account') || has('id') ? EraseById : EraseByNothing
}

/** Checks whose personal data is erased. Errors: `InvalidRequest`. */
export const checkEraseQuery = argument('query', chosen<EraseQuery>(EraseByNothing.name, eraseCodecOf))

/** Checks how it is erased. Errors: `InvalidRequest`. */
export const checkEraseOptions = argument(
  'options',
  exactObjectOf<EraseOptions>('an object', {}, { dryRun: t.boolean }),
)
