const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b)

export const median = (values: readonly number[]): number => {
  const ordered = sorted(values)
  const middle = ordered.slice(Math.ceil(ordered.length / 2) - 1, Math.floor(ordered.length / 2) + 1)
  return middle.reduce((sum, value) => sum + value, 0) / middle.length
}

/** What several rounds say about one figure. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** How one figure compares with another, round by round. */
export const ratioOf = (ours: readonly number[], theirs: readonly number[]): Spread => {
  const ratios = ours.map((value, round) => value / (theirs[round] ?? Number.NaN))
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) }
}

/** The same things in another order each round: the next one begins, and every second round runs backwards. */
export const inTurn = <A>(things: readonly A[], round: number): readonly A[] => {
  const start = round % things.length
  const rotated = [...things.slice(start), ...things.slice(0, start)]
  return round % 2 === 0 ? rotated : rotated.reverse()
}
