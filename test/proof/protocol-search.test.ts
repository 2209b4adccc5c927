import { protocolBugs } from './search/protocol-bugs.js'
import { searchProtocol, shortBounds, type WorldName, worlds } from './search/protocol-search.js'
import { production } from './search/world.js'

const names = Object.keys(worlds) as WorldName[]

describe('every order of everything that may happen to an operation', () => {
  it.each(names)('moves the money at most once, records nothing false and comes to rest: %s', (name) => {
    const found = searchProtocol(name, shortBounds)
    expect(found.wrong).toBeUndefined()
    // A world in which nothing can happen proves nothing.
    expect(found.states).toBeGreaterThan(1000)
  })

  it.each(protocolBugs)('finds the seeded bug: $bug', ({ world, rules }) => {
    const found = searchProtocol(world, shortBounds, { ...production, ...rules })
    expect(found.wrong?.trace.length).toBeGreaterThan(2)
  })
})
