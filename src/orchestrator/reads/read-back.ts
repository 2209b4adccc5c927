import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type Adapter,
  catchThrown,
  indeterminate,
  type Kind,
  locate,
  type PaymentError,
  type Read,
  type Reference,
  readEvidence,
} from '../../core/index.js'
import { isStorable, storedError, storedSnapshots } from '../../ledger/index.js'
import type { Context } from '../context.js'

/**
 * Reads an object back from its gateway. The result counts as evidence. Every read of the orchestrator comes through here:
 * an adapter that throws, or gives what the ledger could not read again, gives `Indeterminate`, and the account's health takes how the read ended.
 */
export const readBack = <K extends Kind>(
  adapter: Adapter,
  reference: Reference<K>,
  { recordOutcome }: Pick<Context, 'recordOutcome'>,
): TE.TaskEither<PaymentError, Read<K>> => {
  const { account } = adapter
  const unusable = (): PaymentError => indeterminate('reads', 'answer')
  const read = pipe(
    catchThrown(() => readEvidence<K>(adapter, reference), unusable),
    TE.filterOrElse(({ content }) => isStorable(storedSnapshots[reference.kind], content), unusable),
    TE.mapError((error) => (isStorable(storedError, error) ? error : unusable())),
  )
  return async () => {
    const result = await read()
    recordOutcome(account, E.isLeft(result) ? result.left : undefined)
    return E.isLeft(result) ? E.left(locate(result.left, { account })) : result
  }
}

/** Whether the gateway answered a read, and does not have or show the object. */
export const isAbsence = (error: PaymentError): boolean =>
  error._tag === 'Refused' ? error.reason === 'not_found' || error.reason === 'expired' : 'absent' in error
