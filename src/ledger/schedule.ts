import { DAY, HOUR, type Kind, MINUTE, type StatusOf } from '../core/index.js'

/** From an age on, how long to wait between two reads; `undefined` ends it. Ages rise. */
type Schedule = ReadonlyArray<readonly [fromAge: number, wait: number | undefined]>

// Payments that are not paid yet, and those under way: often for a day, then hourly for a week, daily for a month.
const openPayment: Schedule = [
  [0, 5 * MINUTE],
  [26 * HOUR, HOUR],
  [7 * DAY, DAY],
  [30 * DAY, undefined],
]
// Late successes are documented: what failed is read again after an hour, a day and three days.
const failed: Schedule = [
  [0, HOUR],
  [HOUR, 23 * HOUR],
  [DAY, 2 * DAY],
  [3 * DAY, undefined],
]
const expiredPayment: Schedule = [
  [0, HOUR],
  [HOUR, 23 * HOUR],
  [DAY, DAY],
  [30 * DAY, undefined],
]
// Charge-backs come for months. Only if the account can see them.
const disputable: Schedule = [
  [0, DAY],
  [120 * DAY, undefined],
]
// A bank that returns a payout does so within weeks.
const paidOut: Schedule = [
  [0, DAY],
  [30 * DAY, undefined],
]
const openMovement: Schedule = [
  [0, 10 * MINUTE],
  [DAY, DAY],
  [30 * DAY, undefined],
]
const over: Schedule = [[0, undefined]]

// By status; what is not here is open.
const schedules: { readonly [K in Kind]: { readonly [S in StatusOf<K>]?: Schedule } } = {
  payment: {
    expired: expiredPayment,
    canceled: expiredPayment,
    failed,
    succeeded: disputable,
    reversed: disputable,
  },
  refund: { succeeded: over, failed },
  payout: { succeeded: paidOut, failed, returned: over },
}

const open: { readonly [K in Kind]: Schedule } = { payment: openPayment, refund: openMovement, payout: openMovement }

const scheduleFor = (kind: Kind, status: StatusOf<Kind>, disputes: boolean): Schedule => {
  const byStatus: Readonly<Record<string, Schedule>> = schedules[kind]
  const schedule = byStatus[status] ?? open[kind]
  return schedule === disputable && !disputes ? over : schedule
}

/**
 * When an object is read next without a notification, in milliseconds since the epoch; `undefined` if it is not. `since`
 * is when its status was recorded, `disputes` whether its account can see them.
 */
export const nextRead = (
  kind: Kind,
  status: StatusOf<Kind>,
  since: number,
  disputes: boolean,
  now: number,
): number | undefined => {
  const age = Math.max(0, now - since)
  const wait = scheduleFor(kind, status, disputes).findLast(([fromAge]) => fromAge <= age)?.[1]
  return wait === undefined ? undefined : now + wait
}
