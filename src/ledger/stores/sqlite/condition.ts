import { type PaymentError, unreachable } from '../../../core/index.js'
import type { BrokenBy, OpenFiles } from './files.js'

/** Whether a store can be relied on. Once it is broken, it stays broken: it answers nothing more. */
export interface Condition {
  /** Compares the files. Gives what the store was broken by, at first. */
  readonly brokenBy: () => BrokenBy | undefined
  /** As `brokenBy`, after a commit: what was written counts if the files are the ledger, and no other program may be deleting them. */
  readonly brokenSince: () => BrokenBy | undefined
  /** The error of every answer of a broken store, with its cause as the code. Compares the files. */
  readonly error: () => PaymentError | undefined
  /** Breaks the store, and gives what broke it at first, which stays its cause. */
  readonly breakBy: (cause: BrokenBy) => BrokenBy
}

/** A sound store: the only place where it becomes broken. */
export const createCondition = ({ compare, areLocked }: OpenFiles): Condition => {
  let cause: BrokenBy | undefined
  const brokenBy = (): BrokenBy | undefined => {
    cause ??= compare()
    return cause
  }
  const breakBy = (found: BrokenBy): BrokenBy => {
    cause ??= found
    return cause
  }
  return {
    brokenBy,
    // The locks first: who takes one after that finds what was written.
    brokenSince: () => {
      const isHeld = areLocked()
      return brokenBy() ?? (isHeld ? undefined : breakBy('ERR_LEDGER_UNLOCKED'))
    },
    error: () => {
      const code = brokenBy()
      return code === undefined ? undefined : unreachable('store', { code })
    },
    breakBy,
  }
}
