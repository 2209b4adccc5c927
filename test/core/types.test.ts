import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type {
  Call,
  Checked,
  Deadline,
  Draft,
  Effect,
  Evidence,
  Exchange,
  MinorUnits,
  NotificationTarget,
  Outcome,
  Payment,
  PaymentError,
  PaymentProvider,
  PaymentRequest,
  PaymentStatus,
  Payout,
  PayoutStatus,
  Read,
  Reference,
  Refund,
  RefundRequest,
  RefundStatus,
  Secret,
  WireRequest,
} from '../../src/core/index.js'
import { unreachable } from '../../src/core/index.js'
import type { PaymentProvider as PromiseProvider } from '../../src/paymux/promises.js'

// What these tests hold, `npm run typecheck` proves: when one is broken, this file does not compile.
const holds = <_Claim extends true>(): void => {}
const fails = <_Claim extends false>(): void => {}
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type Fits<A, B> = [A] extends [B] ? true : false

declare const call: Call
declare const provider: PaymentProvider
declare const promiseProvider: PromiseProvider

describe('a request that moves money', () => {
  type Callable = Parameters<typeof call<string, string>>[0]
  it('is sent by no Call, so that nothing before the submission can move money', () => {
    holds<Fits<Exchange<'reads', string, string>, Callable>>()
    holds<Fits<Exchange<'creates', string, string>, Callable>>()
    fails<Fits<Exchange<'moves_money', string, string>, Callable>>()
    fails<Fits<Exchange<Effect, string, string>, Callable>>()
  })

  it('is what a draft may hold, and a read is not', () => {
    holds<Fits<WireRequest<'moves_money'>, Draft['wire']>>()
    holds<Fits<WireRequest<'creates'>, Draft['wire']>>()
    fails<Fits<WireRequest<'reads'>, Draft['wire']>>()
  })
})

describe('PaymentError', () => {
  // Compiles only while every case has a branch.
  const advice = (error: PaymentError): string => {
    switch (error._tag) {
      case 'InvalidConfig':
      case 'InvalidRequest':
      case 'Unsupported':
        return `correct ${error.issues.map(({ path }) => path).join()}`
      case 'Unreachable':
        return `call again, it was ${error.phase}`
      case 'InProgress':
        return `wait for ${error.operationId}`
      case 'Conflict':
        return 'take another key'
      case 'RateLimited':
        return `wait ${error.retryAfterMs} ms`
      case 'Refused':
        return `see to ${error.reason}`
      case 'Indeterminate':
        return `read ${error.reference?.account}`
    }
  }

  it('is a closed union', () => {
    expect(advice(unreachable('connect'))).toBe('call again, it was connect')
    holds<
      Equal<
        PaymentError['_tag'],
        | 'InvalidConfig'
        | 'InvalidRequest'
        | 'Unsupported'
        | 'Unreachable'
        | 'InProgress'
        | 'Conflict'
        | 'RateLimited'
        | 'Refused'
        | 'Indeterminate'
      >
    >()
    holds<Equal<PaymentError['outcome'], Outcome>>()
  })

  it('tells by its outcome which cases may have moved money', () => {
    type With<O extends Outcome> = Extract<PaymentError, { readonly outcome: O }>['_tag']
    holds<Equal<With<'not_sent'>, 'InvalidConfig' | 'InvalidRequest' | 'Unsupported' | 'Unreachable'>>()
    holds<Equal<With<'refused'>, 'RateLimited' | 'Refused'>>()
    holds<Equal<With<'unknown'>, 'InProgress' | 'Conflict' | 'Indeterminate'>>()
  })

  it('may be repeated freely only where nothing was sent, or only read', () => {
    type Safe = Extract<PaymentError, { readonly retry: 'safe' }>['_tag']
    holds<Equal<Safe, 'Unreachable'>>()
    holds<Equal<Extract<PaymentError, { readonly _tag: 'Indeterminate' }>['retry'], 'safe' | 'after_read'>>()
  })
})

describe('a status', () => {
  it('belongs to its kind', () => {
    holds<Equal<RefundStatus, 'processing' | 'succeeded' | 'failed' | 'unknown'>>()
    holds<Equal<PayoutStatus, 'processing' | 'succeeded' | 'failed' | 'returned' | 'unknown'>>()
    fails<Fits<'returned', PaymentStatus>>()
    fails<Fits<'reversed', PayoutStatus>>()
    fails<Fits<'returned', RefundStatus>>()
    fails<Fits<PaymentStatus, RefundStatus>>()
    fails<Fits<PayoutStatus, PaymentStatus>>()
    fails<Fits<string, PaymentStatus>>()
  })
})

describe('a reference', () => {
  it('belongs to its kind', () => {
    fails<Fits<Reference<'payment'>, Reference<'refund'>>>()
    fails<Fits<Reference<'payout'>, RefundRequest['payment']>>()
    fails<Fits<{ kind: 'payment'; account: string }, Reference<'payment'>>>()
  })

  it('decides what getStatus gives', () => {
    type Read<K extends 'payment' | 'refund' | 'payout'> = ReturnType<typeof provider.getStatus<K>>
    type WithPromises<K extends 'payment' | 'refund' | 'payout'> = ReturnType<typeof promiseProvider.getStatus<K>>
    holds<Equal<Read<'payment'>, TaskEither<PaymentError, Payment>>>()
    holds<Equal<Read<'refund'>, TaskEither<PaymentError, Refund>>>()
    holds<Equal<WithPromises<'payout'>, Promise<Payout>>>()
  })
})

describe('evidence', () => {
  it('is nothing that merely looks like it', () => {
    fails<Fits<{ readonly source: 'read'; readonly content: Payment }, Read<'payment'>>>()
    fails<Fits<Payment, Evidence<'payment'>>>()
    fails<Fits<NotificationTarget, Evidence<'payment'>>>()
  })

  it('belongs to its kind', () => {
    holds<Fits<Read<'payment'>, Evidence<'payment'>>>()
    fails<Fits<Read<'payment'>, Evidence<'payout'>>>()
    holds<Fits<Deadline, Evidence<'payment'>>>()
    fails<Fits<Deadline, Evidence<'payout'>>>()
  })
})

describe('other types', () => {
  it('a checked amount is in minor units', () => {
    holds<Equal<Checked<PaymentRequest>['amount'], MinorUnits>>()
    fails<Fits<PaymentRequest['amount'], MinorUnits>>()
  })

  it('a secret is no text', () => {
    fails<Fits<Secret, string>>()
    fails<Fits<string, Secret>>()
  })
})
