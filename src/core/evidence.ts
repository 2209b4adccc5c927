import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Adapter } from './adapter.js'
import type { PaymentError } from './error.js'
import { callOver, type Draft, type Procedure, type WireAnswer } from './exchange.js'
import { type Judgement, judge, type StatusOf } from './lifecycle.js'
import type { Kind, Reference } from './reference.js'
import type { Results } from './result.js'

// Not exported: only the functions below can make one, and the private field keeps look-alikes out.
class Proof<Source extends string, Content> {
  readonly #made = true
  constructor(
    readonly source: Source,
    readonly content: Content,
  ) {}
  static isProof(value: unknown): boolean {
    return typeof value === 'object' && value !== null && #made in value
  }
}

/** The gateway's complete answer to a decisive request. */
export type Answer<K extends Kind> = Proof<'answer', Results[K]>
/** What an authenticated read gave. */
export type Read<K extends Kind> = Proof<'read', Results[K]>
/** What a named person attests, having looked at the gateway. */
export type Operator<K extends Kind> = Proof<
  'operator',
  { readonly status: StatusOf<K>; readonly attestedBy: string; readonly note: string }
>
/** A time limit of ours has passed; the gateway said nothing. Only an unpaid payment link expires by it. */
export type Deadline = Proof<'deadline', { readonly status: 'expired'; readonly deadline: number }>

/** What a change of recorded state takes. A notification is none. */
export type Evidence<K extends Kind> = Answer<K> | Read<K> | Operator<K> | (K extends 'payment' ? Deadline : never)

/** Concludes a decisive request. The result counts as evidence. */
export const concludeWith = <K extends Kind, Input>(
  procedure: Procedure<Input, Results[K]>,
  draft: Draft,
  answer: WireAnswer,
): E.Either<PaymentError, Answer<K>> =>
  pipe(
    procedure.conclude(draft, answer),
    E.map((result) => new Proof('answer', result)),
  )

/** Reads an object back from its gateway. The result counts as evidence. */
export const readBack = <K extends Kind>(
  adapter: Adapter,
  reference: Reference<K>,
): TE.TaskEither<PaymentError, Read<K>> =>
  pipe(
    adapter.read[reference.kind](reference, callOver(adapter.send)),
    TE.map((result) => new Proof('read', result)),
  )

/** What a person attests about an object. */
export const attest = <K extends Kind>(status: StatusOf<K>, attestedBy: string, note: string): Operator<K> =>
  new Proof('operator', { status, attestedBy, note })

/** Evidence that a deadline has passed, `undefined` while it has not. Both in milliseconds since the epoch. */
export const passed = (deadline: number, now: number): Deadline | undefined =>
  now >= deadline ? new Proof('deadline', { status: 'expired', deadline }) : undefined

// Time passing says nothing about money: it ends only what nobody has begun to pay.
const unpaid: readonly string[] = ['created', 'requires_action']

/**
 * Judges a recorded status by evidence. `suspectedForMs` as in {@link judge}. What is no evidence, whatever it looks like,
 * changes nothing and calls a person.
 */
export const weigh = <K extends Kind>(
  kind: K,
  recorded: StatusOf<K>,
  evidence: Evidence<K>,
  suspectedForMs?: number,
): Judgement<K> => {
  if (!Proof.isProof(evidence)) return { verdict: 'keep', alert: true, review: true }
  if (evidence.source === 'deadline' && !unpaid.includes(recorded))
    return { verdict: 'keep', alert: false, review: false }
  const observed: StatusOf<K> = evidence.content.status
  return judge(kind, recorded, observed, suspectedForMs)
}
