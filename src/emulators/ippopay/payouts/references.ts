import { Refusal } from '../refusal.js'
import type { Gateway } from '../state.js'

/** The documentation says: unique and alphanumeric. Its own samples have underscores, as in `reference_id`. */
export const REFERENCE = /^[0-9A-Za-z_]+$/
export const REFERENCE_WORDS = 'letters, digits and underscores only'

/** Refuses a reference that is taken, also if the request is identical: no document says that its answer is replayed. */
export const refuseIfTaken = (
  { behaviour }: Gateway,
  field: 'trans_ref' | 'beneficiary_ref',
  found: object | undefined,
) => {
  if (found !== undefined && behaviour.enforceUniqueRefs) throw new Refusal('conflict', `${field} already exists`)
}
