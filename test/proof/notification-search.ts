import type { Prove } from './proof.js'
import { longHistories, notificationBugs, searchNotifications, shortHistories } from './search/notification-search.js'
import { production } from './search/notification-world.js'
import { runSearches, type Search } from './search/run-searches.js'

/**
 * Every order of notifications, reads and losses, for each history of a payment: it rests at what the gateway says, with one
 * event for each change. Each seeded bug has to be found.
 */
export const run: Prove = (effort) => {
  const histories = (effort.long ? longHistories : shortHistories).map(
    (history): Search => ({ name: history.join(', '), isSeeded: false, run: () => searchNotifications(history) }),
  )
  const [first = []] = shortHistories
  const bugs = notificationBugs.map(
    ({ bug, rules }): Search => ({
      name: bug,
      isSeeded: true,
      run: () => searchNotifications(first, { ...production, ...rules }),
    }),
  )
  return runSearches('notification-search', [...histories, ...bugs], effort)
}
