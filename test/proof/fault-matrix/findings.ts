import * as E from 'fp-ts/lib/Either.js'
import { succeed } from '../../either.js'
import { type Cell, describeResult, objectIn } from './cell.js'
import type { Expectation } from './faults.js'

/** What a refund of 10.00 holds back. */
const HELD = 1000n
const POLL_AFTER_MS = 6_000

const reserving = ({ play }: Cell, reserved: bigint) => (play.operation === 'refund' ? { reserved } : {})

const objectEvent = ({ play }: Cell, state?: string): readonly string[] => {
  switch (play.operation) {
    case 'createPayment':
      return [`payment.${state ?? (play.name.includes('direct') ? 'processing' : 'requires_action')}`]
    case 'refund':
      return ['refund.processing']
    case 'payout':
      return ['payout.processing']
  }
}

/** The same key again, and all is well: one execution more than before, and then the same result for ever. */
const startsAnew = async (cell: Cell, attempts: readonly string[], events: readonly string[]): Promise<void> => {
  const again = await cell.call()
  cell.check('told again', describeResult(again), 'a result')
  cell.check('seen again', await cell.see(), {
    state: 'executed',
    attempts: [...attempts, 'executed'],
    executed: 1,
    ...reserving(cell, HELD),
    events: [...events, ...objectEvent(cell)],
  })
  await replays(cell, objectIn(again))
}

/** The same key once more tells the same and does nothing. */
const replays = async (cell: Cell, object: string | undefined): Promise<void> => {
  const before = await cell.see()
  const again = await cell.call()
  cell.check('told in the end', [describeResult(again), objectIn(again)], ['a result', object])
  cell.check('seen in the end', await cell.see(), before)
}

/** Closed with proof that nothing was executed. */
const endsUnexecuted = async (
  cell: Cell,
  result: string,
  how: 'unsent' | 'refused',
  isFinal: boolean,
): Promise<void> => {
  const state = isFinal ? 'refused' : 'canceled'
  const events = [`operation.${state}`]
  const seen = { state, attempts: [how], executed: 0, ...reserving(cell, 0n), events }
  cell.check('seen', await cell.see(), seen)
  if (!isFinal) return startsAnew(cell, [how], events)
  cell.check('told again', describeResult(await cell.call()), result)
  cell.check('seen again', await cell.see(), seen)
}

/** What was only created is abandoned and made again, and nobody ever hears of the first. */
const isMadeAgain = async (cell: Cell, result: Awaited<ReturnType<Cell['call']>>): Promise<void> => {
  cell.check('told', describeResult(result), 'a result')
  cell.check('seen', await cell.see(), {
    state: 'executed',
    attempts: ['abandoned', 'executed'],
    executed: cell.fault.executes ? 2 : 1,
    events: objectEvent(cell),
  })
  await replays(cell, objectIn(result))
}

/** Whether a look at the gateway, or a repeat that it refuses to execute twice, closes it. */
const closesByItself = ({ fault, play }: Cell): boolean => fault.executes || play.name === 'payop payout'

/** A person has looked, and it did not execute. */
const isResolved = async (cell: Cell, operationId: string): Promise<void> => {
  const resolution = { outcome: 'not_executed', attestedBy: 'ops', note: 'the execution log' } as const
  await cell.scene.paymux.resolve(operationId, resolution)()
  const events = ['operation.indeterminate', 'operation.resolved']
  const seen = { state: 'canceled', attempts: ['unsent'], executed: 0, ...reserving(cell, 0n), events }
  cell.check('seen when resolved', await cell.see(), seen)
  await startsAnew(cell, ['unsent'], events)
}

/** Nobody knows whether money moved: nothing is sent again until somebody does. */
const isLost = async (cell: Cell, result: string): Promise<void> => {
  const executed = cell.fault.executes ? 1 : 0
  const seen = {
    state: 'indeterminate',
    attempts: ['dispatched'],
    executed,
    ...reserving(cell, HELD),
    events: ['operation.indeterminate'],
  }
  cell.check('seen', await cell.see(), seen)
  cell.check('told again', describeResult(await cell.call()), result)
  cell.check('seen again', await cell.see(), seen)
  const operationId = (await cell.view())?.operation.id ?? ''
  cell.scene.advance(POLL_AFTER_MS)
  await cell.scene.recover(operationId)
  if (!closesByItself(cell)) {
    cell.check('seen after a look', await cell.see(), seen)
    return isResolved(cell, operationId)
  }
  const found = await cell.call()
  cell.check('told after a look', describeResult(found), 'a result')
  cell.check('seen after a look', await cell.see(), {
    ...seen,
    state: 'executed',
    attempts: ['executed'],
    executed: 1,
    events: [...seen.events, ...objectEvent(cell, cell.play.operation === 'createPayment' ? 'processing' : undefined)],
  })
  await replays(cell, objectIn(found))
}

/** A worker is gone with what it knew: the next one waits for its lease, and then finds out. */
const isUnrecorded = async (cell: Cell): Promise<void> => {
  const { fault, play, scene } = cell
  const isClaimed = (await cell.view()) !== undefined
  if (isClaimed) {
    cell.check('told again', describeResult(await cell.call()), 'InProgress')
    await scene.expireLeases()
  }
  const again = await cell.call()
  cell.check('told later', describeResult(again), 'a result')
  const isCreatedTwice = fault.executes && play.effect === 'creates'
  const isFound = fault.executes && play.operation === 'createPayment' && !isCreatedTwice
  cell.check('seen later', await cell.see(), {
    state: 'executed',
    attempts: isCreatedTwice ? ['abandoned', 'executed'] : ['executed'],
    executed: isCreatedTwice ? 2 : 1,
    ...reserving(cell, HELD),
    events: objectEvent(cell, isFound ? 'processing' : undefined),
  })
  await replays(cell, objectIn(again))
}

const nothingRecorded = { state: 'none', attempts: [], executed: 0, events: [] }

/** The caller’s first result. */
const firstResult = (expectation: Expectation): string => {
  switch (expectation.is) {
    case 'invalid':
      return 'InvalidRequest'
    case 'unclaimed':
      return 'Unreachable store'
    case 'not_sent':
      return `Unreachable ${expectation.phase}`
    case 'refused':
      return `Refused ${expectation.reason} ${expectation.again}`
    case 'rate_limited':
      return 'RateLimited 7000'
    case 'unknown':
      return expectation.registered ? 'Indeterminate registered' : 'Indeterminate'
    case 'unrecorded':
      return 'InProgress'
    case 'mismatch':
    case 'doubled':
    case 'fine':
      return 'a result'
  }
}

/** It was executed, once as far as paymux can know. */
const isExecuted = async (cell: Cell, result: Awaited<ReturnType<Cell['call']>>, seen: object = {}): Promise<void> => {
  cell.check('seen', await cell.see(), {
    state: 'executed',
    attempts: ['executed'],
    executed: 1,
    ...reserving(cell, HELD),
    events: objectEvent(cell),
    ...seen,
  })
  await replays(cell, objectIn(result))
}

/** Nobody is sent to pay another amount, and a person is called. */
const isMismatch = async (cell: Cell, result: Awaited<ReturnType<Cell['call']>>): Promise<void> => {
  const payment = E.isRight(result) ? result.right : undefined
  const isLinked = payment !== undefined && 'nextAction' in payment
  cell.check('compared', [payment?.amountCheck, isLinked], ['mismatch', false])
  const [change = ''] = objectEvent(cell)
  await isExecuted(cell, result, { events: [change, `${change.split('.')[0]}.review`] })
}

const LATER_MS = 11 * 60_000

/** The gateway's own list shows what the ledger does not know. */
const isDoubled = async (cell: Cell, result: Awaited<ReturnType<Cell['call']>>): Promise<void> => {
  await isExecuted(cell, result, { executed: 2 })
  const from = Date.now() - LATER_MS
  cell.scene.advance(LATER_MS)
  const reconciled = await succeed(cell.scene.paymux.reconcile({ from, to: Date.now() + LATER_MS }))
  const refunds = reconciled.find(({ kind }) => kind === 'refund')
  const transactions = cell.scene.gateways.payop.refunds().at(-1)
  const ofThisPayment = cell.scene.gateways.payop
    .refunds()
    .filter(({ transactionId }) => transactionId === transactions?.transactionId)
    .map(({ id }) => id)
  const found = (refunds?.missingInLedger ?? []).map(({ reference }) => ('id' in reference ? reference.id : ''))
  cell.check('missing in the ledger', found.filter((id) => ofThisPayment.includes(id)).length, 1)
}

/** Plays a cell: strikes, and checks the result, what is recorded, what was executed, and what the same key gives later. */
export const playCell = async (cell: Cell): Promise<readonly string[]> => {
  const { fault, play, scene } = cell
  const { expectation } = fault
  const struck = scene.strike(fault, play)
  const first = await cell.call(struck.provider)
  await struck.over()
  if (expectation.is === 'unknown' && play.effect === 'creates') {
    await isMadeAgain(cell, first)
    return cell.problems
  }
  const result = firstResult(expectation)
  cell.check('told', describeResult(first), result)
  switch (expectation.is) {
    case 'invalid':
      cell.check('seen', await cell.see(), nothingRecorded)
      break
    case 'unclaimed':
      cell.check('seen', await cell.see(), nothingRecorded)
      await startsAnew(cell, [], [])
      break
    case 'not_sent':
      await endsUnexecuted(cell, result, 'unsent', false)
      break
    case 'refused':
      await endsUnexecuted(cell, result, 'refused', expectation.again === 'never')
      break
    case 'rate_limited':
      await endsUnexecuted(cell, result, 'refused', false)
      break
    case 'unknown':
      await isLost(cell, result)
      break
    case 'unrecorded':
      await isUnrecorded(cell)
      break
    case 'mismatch':
      await isMismatch(cell, first)
      break
    case 'doubled':
      await isDoubled(cell, first)
      break
    case 'fine':
      await isExecuted(cell, first)
      break
  }
  return cell.problems
}
