import { type Afterwards, DAY, HOUR, type Kind, MINUTE, type StatusOf } from '../core/index.js'

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
// Charge-backs and refunds by hand come for months. Only if the account can see them.
const followed: Schedule = [
  [0, DAY],
  [30 * DAY, 3 * DAY],
  [90 * DAY, 7 * DAY],
  [180 * DAY, undefined],
]
// By the age of the payment: what failed, expired or was canceled, while its link can still be paid.
const payable: Schedule = [
  [0, DAY],
  [14 * DAY, 3 * DAY],
  [60 * DAY, 7 * DAY],
  [180 * DAY, undefined],
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
    succeeded: followed,
    reversed: followed,
  },
  refund: { succeeded: over, failed },
  payout: { succeeded: paidOut, failed, returned: over },
}

const open: { readonly [K in Kind]: Schedule } = { payment: openPayment, refund: openMovement, payout: openMovement }

const waitIn = (schedule: Schedule, age: number): number | undefined =>
  schedule.findLast(([fromAge]) => fromAge <= Math.max(0, age))?.[1]

const scheduleFor = (kind: Kind, status: StatusOf<Kind>, { disputes, refundsElsewhere }: Afterwards): Schedule => {
  const byStatus: Readonly<Record<string, Schedule>> = schedules[kind]
  const schedule = byStatus[status] ?? open[kind]
  return schedule === followed && !disputes && !refundsElsewhere ? over : schedule
}

const isPaid = (status: StatusOf<Kind>): boolean => status === 'succeeded' || status === 'reversed'

const sooner = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)

/** When what is scheduled was recorded: the object, and its status. Milliseconds since the epoch. */
export interface Since {
  /** When it was recorded first. */
  readonly createdAt: number
  /** When its status was recorded. */
  readonly statusSince: number
}

/**
 * When an object is read next without a notification, in milliseconds since the epoch; `undefined` if it is not. `afterwards`
 * is what may still happen to it at its account.
 */
export const nextRead = (
  kind: Kind,
  status: StatusOf<Kind>,
  { createdAt, statusSince }: Since,
  afterwards: Afterwards,
  now: number,
): number | undefined => {
  const byStatus = waitIn(scheduleFor(kind, status, afterwards), now - statusSince)
  const { payableMs } = afterwards
  const canBePaid = kind === 'payment' && !isPaid(status) && (payableMs === 'unlimited' || now < createdAt + payableMs)
  const wait = sooner(byStatus, canBePaid ? waitIn(payable, now - createdAt) : undefined)
  return wait === undefined ? undefined : now + wait
}
