import type { Effort, Proof } from '../proof.js'
import type { Explored } from './explore.js'

/** Searches by what they search, and whether a broken rule has to be found. */
export interface Search {
  readonly name: string
  readonly isSeeded: boolean
  readonly run: () => Explored | Promise<Explored>
}

/** Runs searches one after the other and tells what each counted; of seeded bugs, the shortest way to the damage. */
export const runSearches = async (name: string, searches: readonly Search[], { print }: Effort): Promise<Proof> => {
  const counted = { states: 0, transitions: 0, 'seeded bugs found': 0 }
  let passed = true
  for (const search of searches) {
    const { states, transitions, seconds, wrong } = await search.run()
    passed &&= (wrong !== undefined) === search.isSeeded
    counted.states += states
    counted.transitions += transitions
    counted['seeded bugs found'] += search.isSeeded && wrong !== undefined ? 1 : 0
    const kind = search.isSeeded ? 'seeded bug: ' : ''
    print(`${kind}${search.name}: ${states} states, ${transitions} transitions, ${seconds.toFixed(1)} s`)
    if (wrong !== undefined) for (const line of [`${wrong.what}, by:`, ...wrong.trace]) print(`  ${line}`)
  }
  return { name, counted, passed }
}
