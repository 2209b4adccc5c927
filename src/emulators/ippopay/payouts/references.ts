import type { Context } from '../context.js'
import { Refusal } from '../refusal.js'

/** The documentation says unique and alphanumeric. */
export const REFERENCE = /^[0-9A-Za-z]+$/
export const REFERENCE_WORDS = 'letters and digits only'

/** A repeated request is refused, also when it is the same to the letter: nothing says that its answer is replayed. */
export const refuseIfTaken = (
  { behaviour }: Context,
  field: 'trans_ref' | 'beneficiary_ref',
  found: object | undefined,
) => {
  if (found !== undefined && behaviour.enforceUniqueRefs) throw new Refusal('conflict', `${field} already exists`)
}
