import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Clock } from './clock.js'
import { messageOf } from './input.js'
import { isLoopback } from './loopback.js'
import { checkSettings, isCount, type SettingRules } from './settings.js'

/** A notification to a merchant, with its retries. */
export interface Notification {
  /** Where it is posted. Addresses that are not loopback addresses are skipped. */
  readonly url: string
  /** Its headers; `content-length` is added. */
  readonly headers: Readonly<Record<string, string>>
  /** Its body, as it is sent. */
  readonly body: string
  /** Whether an answer with this status code ends the retries. */
  readonly accepted: (status: number) => boolean
  /** Milliseconds before the second attempt, before the third, and so on. Empty: no retries. */
  readonly schedule: readonly number[]
}

/** One attempt to deliver one notification. */
export interface Delivery {
  /** When it ended, in milliseconds since the epoch, on the emulator's clock. */
  readonly at: number
  /** Where it was posted. */
  readonly url: string
  /** Number of the attempt, from 1. */
  readonly attempt: number
  /** The body that was sent. */
  readonly body: string
  /** `skipped`: the target is not on this machine; `dropped`: lost on purpose; `failed`: no complete answer within 10 s. */
  readonly outcome: 'accepted' | 'rejected' | 'failed' | 'skipped' | 'dropped'
  /** The status code of the answer, if there was one. */
  readonly status?: number
  /** Node's error, if there was no complete answer. */
  readonly error?: string
}

/** How the network treats notifications. Each member may be changed at any time. */
export interface DeliveryConditions {
  /** Number of further copies of each notification. Default: 0. */
  duplicate: number
  /** Delay of each notification in milliseconds, on the emulator's clock. Default: 0. */
  delayMs: number
  /** Swaps each notification with the next one. If there is no next one within a second, it is sent alone. Default: false. */
  reorder: boolean
  /** Loses all notifications, without retries. Default: false. */
  drop: boolean
}

/** Which values the conditions take. */
export const DELIVERY_RULES: SettingRules<DeliveryConditions> = {
  duplicate: { expected: 'a whole number from 0', allows: isCount },
  delayMs: { expected: 'whole milliseconds', allows: isCount },
  reorder: [true, false],
  drop: [true, false],
}

export interface Notifications {
  readonly conditions: DeliveryConditions
  readonly send: (notification: Notification) => void
  readonly deliveries: () => readonly Delivery[]
  /** Resolves when no delivery is under way. It does not wait for retries and delays that are not due. */
  readonly settled: () => Promise<void>
  /** Aborts the deliveries that are under way. */
  readonly close: () => void
}

const ANSWER_TIMEOUT_MS = 10_000
const REORDER_WINDOW_MS = 1_000

const parseTarget = (url: string): URL | undefined => {
  if (!URL.canParse(url)) return undefined
  const target = new URL(url)
  return /^https?:$/.test(target.protocol) && isLoopback(target.hostname) ? target : undefined
}

/** Posts once on a connection of its own, follows no redirect, and resolves with the status code of a complete answer. */
const post = (target: URL, { headers, body }: Notification, signal: AbortSignal): Promise<number> =>
  new Promise((resolve, reject) => {
    const send = target.protocol === 'https:' ? requestHttps : requestHttp
    const request = send(target, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    })
    request.on('error', reject)
    request.on('response', (response) => {
      response.on('error', reject)
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.resume()
    })
    request.end(body)
  })

/** Errors: `InvalidInput` for a condition that does not exist or takes other values. */
export const createNotifications = (clock: Clock, initially: Partial<DeliveryConditions> = {}): Notifications => {
  checkSettings(DELIVERY_RULES, initially, 'notifications')
  const conditions: DeliveryConditions = { duplicate: 0, delayMs: 0, reorder: false, drop: false, ...initially }
  const log: Delivery[] = []
  const underWay = new Set<Promise<void>>()
  const closing = new AbortController()
  let waiting: Notification | undefined

  const record = (
    { url, body }: Notification,
    attempt: number,
    rest: Pick<Delivery, 'outcome' | 'status' | 'error'>,
  ) => {
    log.push({ at: clock.now(), url, attempt, body, ...rest })
  }

  const attempt = async (notification: Notification, number: number): Promise<void> => {
    const target = parseTarget(notification.url)
    if (target === undefined) return record(notification, number, { outcome: 'skipped' })
    try {
      const status = await post(target, notification, closing.signal)
      const accepted = notification.accepted(status)
      record(notification, number, { outcome: accepted ? 'accepted' : 'rejected', status })
      if (accepted) return
    } catch (error) {
      record(notification, number, { outcome: 'failed', error: messageOf(error) })
    }
    const wait = notification.schedule[number - 1]
    if (wait !== undefined) clock.after(wait, () => track(attempt(notification, number + 1)))
  }

  const track = (delivery: Promise<void>): Promise<void> => {
    const tracked = delivery.finally(() => underWay.delete(tracked))
    underWay.add(tracked)
    return tracked
  }

  const inOrder = async (notifications: readonly Notification[]) => {
    for (const notification of notifications) {
      const copies = Array.from({ length: 1 + conditions.duplicate }, () => attempt(notification, 1))
      await Promise.all(copies)
    }
  }

  const sendWaiting = (): Promise<void> => {
    const alone = waiting
    waiting = undefined
    return alone === undefined ? Promise.resolve() : track(inOrder([alone]))
  }

  const dispatch = (notification: Notification): Promise<void> => {
    if (conditions.reorder && waiting === undefined) {
      waiting = notification
      clock.after(REORDER_WINDOW_MS, () => (waiting === notification ? sendWaiting() : undefined))
      return Promise.resolve()
    }
    const earlier = waiting
    waiting = undefined
    return track(inOrder(earlier === undefined ? [notification] : [notification, earlier]))
  }

  return {
    conditions,
    send: (notification) => {
      if (conditions.drop) return record(notification, 1, { outcome: 'dropped' })
      if (conditions.delayMs > 0) clock.after(conditions.delayMs, () => dispatch(notification))
      else void dispatch(notification)
    },
    deliveries: () => [...log],
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    close: () => closing.abort(),
  }
}
