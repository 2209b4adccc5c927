import type { Prove } from './proof.js'
import { protocolBugs } from './search/protocol-bugs.js'
import { longBounds, searchProtocol, shortBounds, type WorldName, worlds } from './search/protocol-search.js'
import { runSearches, type Search } from './search/run-searches.js'
import { production } from './search/world.js'

/**
 * Every order of what may happen to an operation, for each class of gateways: the money moves at most once, nothing false is
 * recorded or told, and everything comes to rest. Each seeded bug of the protocol has to be found.
 */
export const run: Prove = (effort) => {
  const bounds = effort.long ? longBounds : shortBounds
  const classes = (Object.keys(worlds) as WorldName[]).map(
    (name): Search => ({ name, isSeeded: false, run: () => searchProtocol(name, bounds) }),
  )
  const bugs = protocolBugs.map(
    ({ bug, world, rules }): Search => ({
      name: `${bug} (${world})`,
      isSeeded: true,
      run: () => searchProtocol(world, shortBounds, { ...production, ...rules }),
    }),
  )
  return runSearches('protocol-search', [...classes, ...bugs], effort)
}
