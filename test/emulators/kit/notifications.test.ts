import nock from 'nock'
import { type Clock, createClock } from '../../../src/emulators/kit/clock.js'
import {
  createNotifications,
  type DeliveryConditions,
  type Notifications,
} from '../../../src/emulators/kit/notifications.js'
import { type Receiver, startReceiver } from './receiver.js'

let clock: Clock
let receiver: Receiver
let notifications: Notifications

beforeAll(() => nock.restore())
beforeEach(async () => {
  clock = createClock({ startAt: 0, manual: true })
  receiver = await startReceiver()
  notifications = createNotifications(clock)
})
afterEach(async () => {
  notifications.close()
  await receiver.close()
})

const travel = (conditions: Partial<DeliveryConditions>) => Object.assign(notifications.conditions, conditions)
const send = (number: number, url = receiver.url) =>
  notifications.send({
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(number),
    accepted: (status) => status === 200,
    schedule: [1_000],
  })
const received = async () => {
  await notifications.settled()
  return receiver.received.map(({ body }) => body)
}

describe('the delivery queue', () => {
  it('delivers, and keeps a record of it', async () => {
    send(1)
    expect(await received()).toEqual([1])
    expect(notifications.deliveries()).toEqual([
      { at: 0, url: receiver.url, attempt: 1, body: '1', outcome: 'accepted', status: 200 },
    ])
  })

  it('tries again on the clock, each copy by itself', async () => {
    travel({ duplicate: 1 })
    receiver.answers.push(500, 500)
    send(1)
    expect(await received()).toEqual([1, 1])
    await clock.advance(1_000)
    expect(await received()).toEqual([1, 1, 1, 1])
    await clock.advance(60_000)
    expect(notifications.deliveries().map(({ outcome }) => outcome)).toEqual([
      'rejected',
      'rejected',
      'accepted',
      'accepted',
    ])
  })

  it('delays on the clock', async () => {
    travel({ delayMs: 500 })
    send(1)
    await clock.advance(499)
    expect(await received()).toEqual([])
    await clock.advance(1)
    expect(await received()).toEqual([1])
  })

  it('swaps a notification with the next one, and sends one that stays alone after a second', async () => {
    travel({ reorder: true })
    send(1)
    send(2)
    expect(await received()).toEqual([2, 1])
    send(3)
    await clock.advance(999)
    expect(await received()).toEqual([2, 1])
    await clock.advance(1)
    expect(await received()).toEqual([2, 1, 3])
  })

  it('loses notifications under drop, without retries', async () => {
    travel({ drop: true })
    send(1)
    travel({ drop: false })
    send(2)
    await clock.advance(60_000)
    expect(await received()).toEqual([2])
    expect(notifications.deliveries()).toMatchObject([{ body: '1', outcome: 'dropped' }, { outcome: 'accepted' }])
  })

  it.each([
    'https://shop.example/ipn',
    'http://203.0.113.5/ipn',
    'http://127.0.0.1.shop.example/ipn',
    'http://[2001:db8::1]/ipn',
    'ftp://127.0.0.1/ipn',
    'not an address',
  ])('never contacts %s', async (url) => {
    send(1, url)
    await notifications.settled()
    expect(notifications.deliveries()).toMatchObject([{ url, outcome: 'skipped' }])
  })

  it('follows no redirect', async () => {
    receiver.answers.push(302)
    send(1)
    expect(await received()).toEqual([1])
    expect(notifications.deliveries()).toMatchObject([{ outcome: 'rejected', status: 302 }])
  })

  it('aborts what is under way when it is closed', async () => {
    receiver.answers.push(0)
    send(1)
    await receiver.arrived(1)
    notifications.close()
    await notifications.settled()
    expect(notifications.deliveries()).toMatchObject([{ outcome: 'failed' }])
  })
})
