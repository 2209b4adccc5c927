import type { PaymentStatus } from '../../../src/core/index.js'
import { type Explored, explore } from './explore.js'
import { notificationModel } from './notification-model.js'
import { type NotificationRules, production, readsOf } from './notification-world.js'

type History = readonly PaymentStatus[]

/** What gateways are known to do with a payment, and what they are suspected of. Each begins with a link. */
export const shortHistories: readonly History[] = [
  ['requires_action', 'processing', 'failed', 'succeeded'],
  ['requires_action', 'processing', 'succeeded', 'failed'],
  ['requires_action', 'processing', 'succeeded'],
  ['requires_action', 'processing', 'expired', 'succeeded'],
  ['requires_action', 'failed', 'processing', 'failed'],
  ['requires_action', 'authorized', 'failed', 'expired'],
]

export const longHistories: readonly History[] = [
  ...shortHistories,
  ['requires_action', 'processing', 'failed'],
  ['requires_action', 'expired', 'succeeded', 'failed'],
  ['requires_action', 'processing', 'succeeded', 'failed', 'succeeded'],
  ['requires_action', 'authorized', 'processing', 'succeeded'],
  ['requires_action', 'unknown', 'processing', 'succeeded'],
  ['requires_action', 'processing', 'succeeded', 'processing'],
  ['requires_action', 'processing', 'succeeded', 'expired'],
  ['requires_action', 'expired', 'failed', 'processing', 'succeeded'],
]

/** Searches one history: every notification twice, lost, late, in any order, two workers, one poll at the end. */
export const searchNotifications = async (history: History, rules = production): Promise<Explored> =>
  explore(notificationModel({ history, rules, reads: await readsOf(history) }))

/** A handling of notifications with one seeded bug. */
export interface SeededNotificationBug {
  readonly bug: string
  readonly rules: Partial<NotificationRules>
}

export const notificationBugs: readonly SeededNotificationBug[] = [
  { bug: 'a read is recorded over whatever was recorded meanwhile', rules: { guardsVersion: false } },
  { bug: 'a refresh request during a read is lost', rules: { keepsRefreshRequests: false } },
  { bug: 'a duplicate hides the refresh request', rules: { refreshesOnDuplicates: false } },
  {
    bug: 'an event is emitted without a change',
    rules: {
      observe: (key, recorded, evidence, result, known) => {
        const observation = production.observe(key, recorded, evidence, result, known)
        const { kind, account, id, status, events } = observation.object
        if (recorded === undefined || observation.eventTypes.length > 0) return observation
        const sequence = events + 1
        const subject = `${kind}:${account}:${id}`
        const event = { id: `${subject}#${sequence}`, type: `${kind}.${status}`, subject, sequence, payload: null }
        const object = { ...observation.object, events: sequence }
        return {
          object,
          eventTypes: [event.type],
          writes: [
            ...observation.writes.map((write) => (write.write === 'object' ? { ...write, object } : write)),
            { write: 'event', event: { ...event, createdAt: known.now, tries: 0 } },
          ],
        }
      },
    },
  },
]
