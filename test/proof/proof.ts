/** How hard a proof tries, and where it tells how far it is. */
export interface Effort {
  /** The form of `npm run prove`; without it, the form of a test run. */
  readonly long: boolean
  /** The same seed draws the same faults. */
  readonly seed: number
  readonly print: (line: string) => void
}

/** What a proof counted, and whether all of it was as it must be. */
export interface Proof {
  readonly name: string
  readonly counted: Readonly<Record<string, number>>
  readonly passed: boolean
}

/** A proof: a module of this shape is what `npm run prove` runs. */
export type Prove = (effort: Effort) => Promise<Proof>

/** Numbers in [0, 1) from a seed: mulberry32. The same seed gives the same numbers. */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Runs tasks over items, so many at once. */
export const eachOf = async <A>(
  items: readonly A[],
  atOnce: number,
  run: (item: A, index: number) => Promise<void>,
): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index]
      if (item !== undefined) await run(item, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
}
