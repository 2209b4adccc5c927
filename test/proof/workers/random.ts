import { randomFrom } from '../proof.js'

/** Chance that comes out the same for the same seed. */
export interface Random {
  /** In [0, 1). */
  readonly next: () => number
  /** A whole number from `from` to `to`, both included. */
  readonly between: (from: number, to: number) => number
  readonly one: <A>(list: readonly A[]) => A
}

/** Chance from a seed. */
export const createRandom = (seed: number): Random => {
  const next = randomFrom(seed)
  return {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    one: (list) => {
      const chosen = list[Math.floor(next() * list.length)]
      if (chosen === undefined) throw new RangeError('nothing to choose from')
      return chosen
    },
  }
}
