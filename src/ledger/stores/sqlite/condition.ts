import { type PaymentError, unreachable } from '../../../core/index.js'
import type { BrokenBy, CompareFiles } from './files.js'

/** Whether a store can be relied on. Once it is broken, it stays broken: it answers nothing more. */
export interface Condition {
  /** Compares the files. Gives what the store was broken by, at first. */
  readonly brokenBy: () => BrokenBy | undefined
  /** The error of every answer of a broken store, with its cause as the code. Compares the files. */
  readonly error: () => PaymentError | undefined
  /** Breaks the store. What broke it at first stays its cause. */
  readonly breakBy: (cause: BrokenBy) => void
}

/** A sound store: the only place where it becomes broken. */
export const createCondition = (compareFiles: CompareFiles): Condition => {
  let cause: BrokenBy | undefined
  const brokenBy = (): BrokenBy | undefined => {
    cause ??= compareFiles()
    return cause
  }
  return {
    brokenBy,
    error: () => {
      const code = brokenBy()
      return code === undefined ? undefined : unreachable('store', { code })
    },
    breakBy: (found) => {
      cause ??= found
    },
  }
}
