import type { Paymux } from '../../src/paymux/index.js'
import { configurationOn, left, openShop, right } from './stage.js'
import { useStage } from './use-stage.js'

/** What a caller may get wrong. Nothing throws, and nothing is checked before the task is run. */

const stage = useStage()
let shop: Paymux

beforeAll(async () => {
  const webhooks = { publicUrl: 'https://shop.example', secret: 'made-up-secret-of-32-characters-x' }
  shop = await openShop(stage, { ...configurationOn(stage), webhooks })
})

const resolution = { outcome: 'not_executed', attestedBy: 'ann', note: 'seen' }
const take = async (): Promise<void> => undefined

describe('a bad argument is InvalidRequest with its path', () => {
  // As a program in plain JavaScript calls: the compiler refuses most of these.
  it.each<readonly [method: keyof Omit<Paymux, 'webhooks'>, input: readonly unknown[], path: string]>([
    ['getStatus', [null], '(root)'],
    ['getStatus', [undefined], '(root)'],
    ['createPayment', [null], '(root)'],
    ['refund', [[]], '(root)'],
    ['payout', [() => undefined], '(root)'],
    ['requirements', [null], '(root)'],
    ['requirements', [{ currency: 'eur' }], 'currency'],
    ['operation', [undefined], 'operation'],
    ['operation', ['no such id'], 'operation'],
    ['operation', ['none'], 'operation'],
    ['operation', [{ name: 'pay', idempotencyKey: 'a' }], 'operation.name'],
    ['operation', [{ name: 'payout', idempotencyKey: 'a b' }], 'operation.idempotencyKey'],
    ['find', [undefined], 'query'],
    ['find', [{}], 'query'],
    ['find', [{ merchantReference: 'a b' }], 'query.merchantReference'],
    ['find', [{ merchantReference: 'a', account: 'main' }], 'query.account'],
    ['find', [{ operation: 'pay', idempotencyKey: 'a' }], 'query.operation'],
    ['find', [{ operation: 'payout' }], 'query.idempotencyKey'],
    ['find', [{ account: 'europe' }], 'query.id'],
    ['find', [{ id: 'a' }], 'query.account'],
    ['explain', [undefined], 'query'],
    ['explain', [{}], 'query'],
    ['explain', [{ merchantReference: 'a b' }], 'query.merchantReference'],
    ['explain', [{ operation: 'payout' }], 'query.idempotencyKey'],
    ['explain', [{ kind: 'invoice', account: 'europe', id: 'a' }], 'kind'],
    ['explain', [{ kind: 'payment', account: 'europe' }], '(root)'],
    ['explain', [{ merchantReference: 'a' }, null], 'options'],
    ['explain', [{ merchantReference: 'a' }, { timeZone: 'Mars/Base' }], 'options.timeZone'],
    ['explain', [{ merchantReference: 'a' }, { timezone: 'UTC' }], 'options.timezone'],
    ['recorded', [null], '(root)'],
    ['list', [null], 'query'],
    ['list', [{ kind: 'invoice' }], 'query.kind'],
    ['list', [{ status: 'paid' }], 'query.status'],
    ['list', [{ account: '1' }], 'query.account'],
    ['list', [{ currency: 'eur' }], 'query.currency'],
    ['list', [{ merchantReference: '' }], 'query.merchantReference'],
    ['list', [{ review: 1 }], 'query.review'],
    ['list', [{ disputed: 'yes' }], 'query.disputed'],
    ['list', [{ from: '2026' }], 'query.from'],
    ['list', [{ from: 2, to: 2 }], 'query'],
    ['list', [{ limit: 1001 }], 'query.limit'],
    ['list', [{ cursor: 'none' }], 'query.cursor'],
    ['list', [{ cursor: Buffer.from('[1,"a"]').toString('base64url') }], 'query.cursor'],
    ['list', [{ order: 'desc' }], 'query.order'],
    ['list', [{ merchantreference: 'a' }], 'query.merchantreference'],
    ['listOperations', [{ state: 'unknown' }], 'query.state'],
    ['listOperations', [{ name: 'pay' }], 'query.name'],
    ['listOperations', [{ cursor: Buffer.from('["a"]').toString('base64url') }], 'query.cursor'],
    ['listEvents', [{ type: 'payment.paid' }], 'query.type'],
    ['listEvents', [{ undelivered: 'yes' }], 'query.undelivered'],
    ['listEvents', [{ subject: 7 }], 'query.subject'],
    ['erase', [undefined], 'query'],
    ['erase', [{ account: 'europe' }], 'query.id'],
    ['erase', [{ id: 'a' }], 'query.account'],
    ['erase', [{ merchantReference: 'a b' }], 'query.merchantReference'],
    ['erase', [{ account: 'europe', id: 'a', kind: 'invoice' }], 'query.kind'],
    ['erase', [{ operation: 'payout', idempotencyKey: 'a' }], 'query'],
    ['erase', [{ merchantReference: 'a' }, null], 'options'],
    ['erase', [{ merchantReference: 'a' }, { dryRun: 1 }], 'options.dryRun'],
    ['redeliver', [7], 'eventId'],
    ['redeliver', ['none'], 'eventId'],
    ['summary', [undefined], 'query'],
    ['summary', [{ from: 1 }], 'query.to'],
    ['summary', [{ from: 1, to: 1 }], 'query'],
    ['summary', [{ from: 0, to: 1, by: 'week' }], 'query.by'],
    ['log', [7], 'operationId'],
    ['listUnresolved', [0], 'limit'],
    ['listUnresolved', [1.5], 'limit'],
    ['listUnresolved', [10_001], 'limit'],
    ['listUnresolved', ['all'], 'limit'],
    ['resolve', [null, resolution], 'operationId'],
    ['resolve', ['none', resolution], 'operationId'],
    ['reconcile', [undefined], 'period'],
    ['reconcile', [{ from: 0 }], 'period.to'],
    ['reconcile', [{ from: new Date(0), to: 1 }], 'period.from'],
    ['reconcile', [{ from: 2, to: 1 }], 'period'],
    ['subscribe', ['', take], 'name'],
    ['subscribe', [undefined, take], 'name'],
    ['subscribe', ['books', undefined], 'subscriber'],
  ])('%s(%j)', async (method, input, path) => {
    expect(await left(Reflect.apply(shop[method], undefined, input))).toMatchObject({
      _tag: 'InvalidRequest',
      outcome: 'not_sent',
      issues: [{ path }],
    })
  })

  it.each(['nowhere', undefined, null])('webhooks.address(%j)', async (account) => {
    expect(await left(Reflect.apply(shop.webhooks.address, undefined, [account]))).toMatchObject({
      _tag: 'InvalidRequest',
      issues: [{ path: 'account' }],
    })
  })
})

describe('a good one', () => {
  it('gives the address of an account, and what a route requires', async () => {
    expect(await right(shop.webhooks.address('europe'))).toMatch(/^https:\/\/shop\.example\/europe\/[\w-]{43}$/)
    expect(await right(shop.requirements({ currency: 'EUR' }))).toContainEqual({
      path: 'payer.email',
      accounts: ['europe'],
    })
    expect(await right(shop.requirements({ currency: 'INR' }))).toEqual(expect.any(Array))
  })

  it('does nothing before its task is run', async () => {
    const listed = shop.listUnresolved()
    await right(shop.stop())
    expect(await left(listed)).toMatchObject({ _tag: 'Unreachable', phase: 'store' })
  })
})
