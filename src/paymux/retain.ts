import { DAY, omitUndefined } from '../core/index.js'
import type { RetentionAges } from '../ledger/index.js'
import type { RetentionSettings } from '../orchestrator/index.js'
import type { Batches } from './batches.js'
import type { Running } from './running.js'

const inMs = (days: number | false): number | undefined => (days === false ? undefined : days * DAY)

const agesOf = ({ personalData, notifications, events, log }: RetentionSettings): RetentionAges =>
  omitUndefined({
    personalDataMs: inMs(personalData),
    notificationsMs: inMs(notifications),
    eventsMs: inMs(events),
    logMs: inMs(log),
  })

/** Erases as the configuration in use says. */
export const createRetention = ({ store, active }: Pick<Running, 'store' | 'active'>): Batches => ({
  next: () => async () => store.erasure.next(agesOf(active().setup.configuration.retention))(),
})
