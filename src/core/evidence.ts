import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Adapter } from './adapter.js'
import { checkSnapshot } from './check-snapshot.js'
import type { PaymentError } from './error.js'
import { createCall, type Draft, type Procedure, type WireAnswer } from './exchange.js'
import { decideTransition, type StatusOf, type Transition } from './lifecycle.js'
import type { Kind, Reference } from './reference.js'
import type { Snapshots } from './result.js'

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

/** The gateway's complete answer to a submission. */
export type Answer<K extends Kind> = Proof<'answer', Snapshots[K]>
/** What an authenticated read gave. */
export type Read<K extends Kind> = Proof<'read', Snapshots[K]>
/** What an operator, by name, saw at the gateway. */
export type Operator<K extends Kind> = Proof<
  'operator',
  { readonly status: StatusOf<K>; readonly attestedBy: string; readonly note: string }
>
/** A time limit of paymux has passed. Only an unpaid payment link expires by it. */
export type Deadline = Proof<'deadline', { readonly status: 'expired'; readonly deadline: number }>

/** What a change of recorded state takes. A notification is no evidence. */
export type Evidence<K extends Kind> = Answer<K> | Read<K> | Operator<K> | (K extends 'payment' ? Deadline : never)

/** Interprets the answer to a submission. The result counts as evidence. */
export const interpretSubmission = <K extends Kind, Input>(
  procedure: Procedure<Input, Snapshots[K]>,
  draft: Draft,
  answer: WireAnswer,
): E.Either<PaymentError, Answer<K>> =>
  pipe(
    procedure.interpret(draft, answer),
    E.map((result) => new Proof('answer', checkSnapshot(result))),
  )

/** Reads an object back from its gateway. The result counts as evidence. */
export const readEvidence = <K extends Kind>(
  adapter: Adapter,
  reference: Reference<K>,
): TE.TaskEither<PaymentError, Read<K>> =>
  pipe(
    adapter.read[reference.kind](reference, createCall(adapter.send)),
    TE.map((result) => new Proof('read', checkSnapshot(result))),
  )

/** What an operator attests about an object. */
export const attest = <K extends Kind>(status: StatusOf<K>, attestedBy: string, note: string): Operator<K> =>
  new Proof('operator', { status, attestedBy, note })

/** Evidence that a time limit has passed; `undefined` before. Both times in milliseconds since the epoch. */
export const passed = (deadline: number, now: number): Deadline | undefined =>
  now >= deadline ? new Proof('deadline', { status: 'expired', deadline }) : undefined

// Time proves nothing about money: it ends only payments that no payer has begun.
const unpaid: readonly string[] = ['created', 'requires_action']

/**
 * Decides what evidence means for a recorded status. `suspectedForMs` as in {@link decideTransition}. A value that is no
 * evidence, whatever it looks like, changes nothing and alerts an operator.
 */
export const applyEvidence = <K extends Kind>(
  kind: K,
  recorded: StatusOf<K>,
  evidence: Evidence<K>,
  suspectedForMs?: number,
): Transition<K> => {
  if (!Proof.isProof(evidence)) return { action: 'keep', alert: true, review: true }
  if (evidence.source === 'deadline' && !unpaid.includes(recorded))
    return { action: 'keep', alert: false, review: false }
  const observed: StatusOf<K> = evidence.content.status
  return decideTransition(kind, recorded, observed, suspectedForMs)
}
