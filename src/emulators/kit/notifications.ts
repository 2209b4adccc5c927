import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIPv4 } from 'node:net'
import type { Clock } from './clock.js'
import { messageOf } from './input.js'

export interface Notification {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Whether an answer with this status code ends the retries. */
  readonly accepted: (status: number) => boolean
  /** Milliseconds to wait before the second attempt, the third, and so on. */
  readonly schedule: readonly number[]
}

/** One attempt to deliver one notification. */
export interface Delivery {
  /** Milliseconds since the epoch, on the emulator's clock. */
  readonly at: number
  readonly url: string
  readonly attempt: number
  readonly body: string
  /** `skipped`: the target is not on this machine; `dropped`: lost on purpose; `failed`: no complete answer. */
  readonly outcome: 'accepted' | 'rejected' | 'failed' | 'skipped' | 'dropped'
  readonly status?: number
  readonly error?: string
}

/** How the network treats notifications. */
export interface DeliveryConditions {
  /** Further copies of each notification. */
  duplicate: number
  /** Milliseconds that each notification is held back, on the emulator's clock. */
  delayMs: number
  /** Swaps each notification with the next one. One that stays alone for a second, on the clock, goes out alone. */
  reorder: boolean
  /** Loses every notification; it is not tried again. */
  drop: boolean
}

export interface Notifications {
  readonly conditions: DeliveryConditions
  readonly send: (notification: Notification) => void
  readonly deliveries: () => readonly Delivery[]
  /** Resolves when no delivery is under way. Retries and delays that wait for their time are not waited for. */
  readonly settled: () => Promise<void>
  /** Breaks off what is under way. */
  readonly close: () => void
}

const ANSWER_TIMEOUT_MS = 10_000
const REORDER_WINDOW_MS = 1_000

const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))

const parseTarget = (url: string): URL | undefined => {
  if (!URL.canParse(url)) return undefined
  const target = new URL(url)
  return /^https?:$/.test(target.protocol) && isLoopback(target) ? target : undefined
}

/** POSTs once on a connection of its own, follows no redirect, and gives the status code of a complete answer. */
const post = (target: URL, { headers, body }: Notification, signal: AbortSignal): Promise<number> =>
  new Promise((resolve, reject) => {
    const open = target.protocol === 'https:' ? requestHttps : requestHttp
    const request = open(target, {
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

export const createNotifications = (clock: Clock, initially: Partial<DeliveryConditions> = {}): Notifications => {
  const conditions: DeliveryConditions = { duplicate: 0, delayMs: 0, reorder: false, drop: false, ...initially }
  const log: Delivery[] = []
  const underWay = new Set<Promise<void>>()
  const closing = new AbortController()
  let held: Notification | undefined

  const note = ({ url, body }: Notification, attempt: number, rest: Pick<Delivery, 'outcome' | 'status' | 'error'>) => {
    log.push({ at: clock.now(), url, attempt, body, ...rest })
  }

  const attempt = async (notification: Notification, number: number): Promise<void> => {
    const target = parseTarget(notification.url)
    if (target === undefined) return note(notification, number, { outcome: 'skipped' })
    try {
      const status = await post(target, notification, closing.signal)
      const accepted = notification.accepted(status)
      note(notification, number, { outcome: accepted ? 'accepted' : 'rejected', status })
      if (accepted) return
    } catch (error) {
      note(notification, number, { outcome: 'failed', error: messageOf(error) })
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

  const releaseHeld = (): Promise<void> => {
    const alone = held
    held = undefined
    return alone === undefined ? Promise.resolve() : track(inOrder([alone]))
  }

  const dispatch = (notification: Notification): Promise<void> => {
    if (conditions.reorder && held === undefined) {
      held = notification
      clock.after(REORDER_WINDOW_MS, () => (held === notification ? releaseHeld() : undefined))
      return Promise.resolve()
    }
    const earlier = held
    held = undefined
    return track(inOrder(earlier === undefined ? [notification] : [notification, earlier]))
  }

  return {
    conditions,
    send: (notification) => {
      if (conditions.drop) return note(notification, 1, { outcome: 'dropped' })
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
