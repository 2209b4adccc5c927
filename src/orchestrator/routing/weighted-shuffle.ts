import type { Target } from '../config/index.js'
import { chance } from './chance.js'

/**
 * Targets in the order that a key ranks. The chance of each to come first is its weight's share, and among those left, its
 * share of theirs (Efraimidis and Spirakis, 2006). Each ranks for itself, so an account that is added or taken away leaves
 * the order of the others as it was. Where no target has a weight, the order stands as it is written.
 */
export const weightedShuffle = (targets: readonly Target[], key: string): readonly Target[] => {
  if (targets.every(({ weight }) => weight === undefined)) return targets
  const ranks = targets.map((target) => ({
    target,
    rank: Math.log(chance('route', key, target.account)) / (target.weight ?? 1),
  }))
  return ranks.sort((a, b) => b.rank - a.rank).map(({ target }) => target)
}
