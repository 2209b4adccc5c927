import { join } from 'node:path'
import type * as api from '@opentelemetry/api'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  checkPlainData,
  decode,
  exactObjectOf,
  fromPredicate,
  type Issue,
  invalidConfig,
  omitUndefined,
  oneOf,
  type PaymentError,
} from '../core/index.js'
import type { Logger } from './log-lines.js'
import type { HttpSpans } from './options.js'

const isFunction = (value: unknown): boolean => typeof value === 'function'

/** The API, by what is used of it. */
const isApi = (value: unknown): value is typeof api => {
  const { context, trace, createContextKey } = Object(value)
  return isFunction(Object(context).active) && isFunction(Object(trace).setSpan) && isFunction(createContextKey)
}

const isTracerProvider = (value: unknown): value is api.TracerProvider => isFunction(Object(value).getTracer)

const isMeterProvider = (value: unknown): value is api.MeterProvider => isFunction(Object(value).getMeter)

const isLogger = (value: unknown): value is Logger =>
  ['error', 'warn', 'info', 'debug'].every((level) => isFunction(Object(value)[level]))

/** Options that can be used. */
export interface CheckedOptions {
  readonly api?: typeof api
  readonly tracerProvider?: api.TracerProvider
  readonly meterProvider?: api.MeterProvider
  readonly logger?: Logger
  readonly httpSpans?: HttpSpans
}

const OptionsCodec = exactObjectOf<CheckedOptions>(
  'an object',
  {},
  {
    api: fromPredicate('the module @opentelemetry/api', isApi),
    tracerProvider: fromPredicate('a TracerProvider of OpenTelemetry', isTracerProvider),
    meterProvider: fromPredicate('a MeterProvider of OpenTelemetry', isMeterProvider),
    logger: fromPredicate('a logger with error, warn, info and debug', isLogger),
    httpSpans: oneOf<HttpSpans>(['own', 'auto']),
  },
)

const isUseful = ({ tracerProvider, meterProvider, logger }: CheckedOptions): boolean =>
  [tracerProvider, meterProvider, logger].some((one) => one !== undefined)

/** The API as the program in the working directory has it. `undefined`: it has none there, or is bundled. */
const installedApi = (): typeof api | undefined => {
  try {
    // By no import: a program in one file often has a `createRequire` of its own, put in front of it.
    const { createRequire } = process.getBuiltinModule('node:module')
    const found: unknown = createRequire(join(process.cwd(), 'package.json'))('@opentelemetry/api')
    return isApi(found) ? found : undefined
  } catch {
    return undefined
  }
}

/** Spans are made active with the caller's own copy of the API. */
const withApi = (options: CheckedOptions): CheckedOptions =>
  options.tracerProvider === undefined || options.api !== undefined
    ? options
    : { ...options, ...omitUndefined({ api: installedApi() }) }

const hasApiForSpans = ({ api: module, tracerProvider }: CheckedOptions): boolean =>
  tracerProvider === undefined || module !== undefined

const inOptions = ({ path, expected }: Issue): Issue => ({
  path: path === '(root)' ? 'options' : `options.${path}`,
  expected,
})

/** Checks options. Gives `InvalidConfig`. */
export const checkOptions = (options: unknown): E.Either<PaymentError, CheckedOptions> =>
  pipe(
    checkPlainData<readonly Issue[], CheckedOptions>(
      () => decode(OptionsCodec, options),
      (issues) => issues,
    ),
    E.filterOrElse(isUseful, (): readonly Issue[] => [
      { path: '(root)', expected: 'a tracerProvider, a meterProvider or a logger' },
    ]),
    E.map(withApi),
    E.filterOrElse(hasApiForSpans, (): readonly Issue[] => [
      {
        path: 'api',
        expected: 'the module @opentelemetry/api, which a tracerProvider needs: npm install @opentelemetry/api',
      },
    ]),
    E.mapLeft((issues) => invalidConfig(issues.map(inOptions))),
  )
