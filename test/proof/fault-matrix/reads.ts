import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { Kind, PaymentError, PaymentProvider, Reference, Result } from '../../../src/core/index.js'
import type { ObjectKey, ObjectRecord } from '../../../src/ledger/index.js'
import { objectKeyOf } from '../../../src/ledger/index.js'
import { succeed } from '../../either.js'
import { answer } from '../../transport/raw-server.js'
import type { Gateways } from '../stage/gateways.js'
import { type Play, paidPayment, plays } from '../stage/plays.js'

import type { NewPlace } from '../stage/stores.js'
import { describeResult } from './cell.js'
import { type Fault, faults } from './faults.js'
import type { Ground } from './ground.js'
import { type Scene, setScene, type Target } from './scene.js'

/** A recorded object that is read while a fault lasts. */
export interface ReadPlay extends Target {
  readonly name: string
  readonly effect: 'reads'
  readonly ready: (gateways: Gateways, provider: PaymentProvider, key: string) => Promise<Reference<Kind>>
}

const madeBy =
  (name: string): ReadPlay['ready'] =>
  async (gateways, provider, key) => {
    const play = plays.find((other) => other.name === name)
    if (play === undefined) throw new Error(`no play ${name}`)
    const call = await play.ready(gateways, provider, `${key}-paid`)
    return (await succeed(call(provider, key))).reference
  }

const paid =
  (gateway: Play['gateway']): ReadPlay['ready'] =>
  (gateways, provider, key) =>
    paidPayment(gateway, gateways, provider, key)

const read = (name: string, gateway: Play['gateway'], route: Target['route'], ready: ReadPlay['ready']): ReadPlay => ({
  name,
  gateway,
  route,
  effect: 'reads',
  ready,
})

/** The first read of every kind of object at both gateways. */
export const readPlays: readonly ReadPlay[] = [
  read('payop payment', 'payop', 'GET /v1/invoices/:id', paid('payop')),
  read('payop refund', 'payop', 'GET /v1/refunds/user-refunds', madeBy('payop refund')),
  read('payop payout', 'payop', 'GET /v1/withdrawals/user-withdrawals', madeBy('payop payout')),
  read('ippopay payment', 'ippopay', 'GET /v1/order/:order_id', paid('ippopay')),
  read('ippopay refund', 'ippopay', 'GET /v1/order/:order_id/transaction', madeBy('ippopay refund')),
  read('ippopay payout', 'ippopay', 'GET /v1/payout/transfer/detail', madeBy('ippopay payout')),
]

const said = (row: string, name: string, body: string): Fault => ({
  name,
  row,
  means: {
    by: 'server',
    silent: false,
    script: (peer) => {
      peer.write(answer(body, 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'))
      peer.fin()
    },
  },
  executes: false,
  expectation: { is: 'unknown' },
})

/** What can go wrong with a read: what can go wrong on the way and in an answer, and answers that tell less than we know. */
const readFaults: readonly Fault[] = [
  ...faults.filter(({ means }) => ['emulator', 'connection', 'server'].includes(means.by) && !('at' in means)),
  said('24', 'an empty list', '{"data":[],"status":1}'),
  said('24', 'nothing found', '{"success":false,"message":"Not found"}'),
  {
    ...said('26', 'another object', ''),
    means: {
      by: 'server',
      silent: false,
      script: async (peer, execute) => {
        const { head, body } = await execute()
        // Every id is another one's, but for its form.
        const foreign = body
          .replaceAll(/"[0-9a-f]{8}(-[0-9a-f]{4}-)/g, '"00000000$1')
          .replaceAll(/"order_..../g, '"order_0000')
          .replaceAll(/"trans_ref":"..../g, '"trans_ref":"0000')
        peer.write(answer(foreign, head))
        peer.fin()
      },
    },
  },
]

const isPossible = ({ row, expectation, strikes }: Fault, { gateway, name }: ReadPlay): boolean => {
  // The transaction of an IppoPay order says neither the order's id nor its amount: only the address binds it to the order.
  if (row === '26' && name === 'ippopay refund') return false
  if (row === '0' || row === '11' || row === '23' || expectation.is === 'fine') return false
  return strikes === undefined || plays.some((play) => play.gateway === gateway && strikes(play))
}

const recordOf = async ({ ledger }: Scene, key: ObjectKey) => {
  const record = await succeed(ledger.object(key))
  const events = await succeed(ledger.dueEvents(`${key.kind}:${key.account}:${key.id}`, 50))
  return { record, events: events.map(({ type }) => type) }
}

const facts = ({ record, events }: { record: ObjectRecord | undefined; events: readonly string[] }) => ({
  status: record?.status,
  version: record?.version,
  captured: record?.captured,
  disputed: record?.disputed,
  flags: record?.flags,
  events,
})

/** What a read that failed has to leave alone, and what it may tell. */
const playRead = async (scene: Scene, fault: Fault, play: ReadPlay, reference: Reference<Kind>) => {
  const key = objectKeyOf(reference)
  const call = (): Promise<E.Either<PaymentError, Result<Kind>>> => scene.paymux.getStatus<Kind>(reference)()
  const before = facts(await recordOf(scene, key))
  const struck = scene.strike(fault, play)
  const result = await call()
  await struck.over()
  const after = facts(await recordOf(scene, key))
  const later = await call()
  return [
    ...(E.isLeft(result) ? [] : [`told ${describeResult(result)}`]),
    ...(isDeepStrictEqual(after, before) ? [] : ['the record changed']),
    ...(E.isRight(later) && later.right.status === before.status ? [] : [`later told ${describeResult(later)}`]),
  ]
}

interface ReadColumn {
  readonly newPlace: NewPlace
  readonly play: ReadPlay
  readonly prefix: string
}

/** Plays the faults at one read over one store. Gives how many cells there were, and what was wrong. */
export const playReads = async (
  { gateways, servers }: Ground,
  { newPlace, play, prefix }: ReadColumn,
): Promise<{ cells: number; problems: string[] }> => {
  const scene = await setScene(newPlace, play.gateway, gateways, servers)
  const reference = await play.ready(gateways, scene.paymux, `${prefix}-object`)
  const struck = readFaults.filter((fault) => isPossible(fault, play))
  const problems: string[] = []
  for (const fault of struck) {
    const found = await playRead(scene, fault, play, reference)
    problems.push(...found.map((problem) => `read of ${play.name}, ${fault.row} ${fault.name}: ${problem}`))
  }
  await scene.close()
  return { cells: struck.length, problems }
}
