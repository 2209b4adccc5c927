import * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'

/** Limits how much runs at once, by a key. */
export interface Slots {
  /** Runs a task in a slot of `key`. Gives `full` if all are taken, and runs nothing then. */
  readonly within: <L, A>(key: string, full: L, task: TE.TaskEither<L, A>) => TE.TaskEither<L, A>
}

/** As many slots for each key. A key without a running task takes no memory. */
export const createSlots = (each: number): Slots => {
  const taken = new Map<string, number>()
  const release = (key: string): void => {
    const left = (taken.get(key) ?? 0) - 1
    if (left > 0) taken.set(key, left)
    else taken.delete(key)
  }
  return {
    within: (key, full, task) => async () => {
      const used = taken.get(key) ?? 0
      if (used >= each) return E.left(full)
      taken.set(key, used + 1)
      return task().finally(() => release(key))
    },
  }
}
