import { notificationBugs, searchNotifications, shortHistories } from './search/notification-search.js'
import { production } from './search/notification-world.js'

describe('every order of notifications, reads and losses', () => {
  it.each(shortHistories.map((history) => [history.join(', '), history] as const))(
    'rests at what the gateway says, with one event for each change: %s',
    async (_, history) => {
      const found = await searchNotifications(history)
      expect(found.wrong).toBeUndefined()
      expect(found.states).toBeGreaterThan(1000)
    },
  )

  it.each(notificationBugs)('finds the seeded bug: $bug', async ({ rules }) => {
    const [history = []] = shortHistories
    const found = await searchNotifications(history, { ...production, ...rules })
    expect(found.wrong?.trace.length).toBeGreaterThan(2)
  })
})
