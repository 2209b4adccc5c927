import type { Hono } from 'hono'
import { authenticate } from './auth.js'
import { blankFields, invalidFields, madeUp, Refusal } from './errors.js'
import { callerKey, isBlank, listed, logged, phpMap, readJson, record, seconds, secondsOrNull, text } from './http.js'
import { checkMetadata, createdAnswer } from './invoices.js'
import { sendRefundIpn } from './ipn.js'
import { changeBalance } from './lifecycle.js'
import { fromUnits, toUnits } from './money.js'
import { type Gateway, type Json, REFUND, type Refund, type State, type Transaction, TX } from './state.js'
import { transactionOnWire, USER_ID } from './transactions.js'

const FULL = 1
const PARTIAL = 2

const isRejected = ({ status }: Refund): boolean => status === 3 || status === 4

/** What may still be refunded, in ten-thousandths: the amount without accepted and pending refunds. */
const refundable = ({ refunds }: Gateway, { id, amount }: Transaction): number =>
  [...refunds.values()]
    .filter((refund) => refund.transactionId === id && !isRejected(refund))
    .reduce((left, refund) => left - toUnits(refund.amount), toUnits(amount))

/** Decides a refund: 2 accepted, 3 or 4 rejected, 1 open again. */
export const decideRefund = (gateway: Gateway, refund: Refund, status: State, error: string | null = null): void => {
  const before = refund.status
  if (status === before) return
  Object.assign(refund, { status, error, updatedAt: gateway.clock.now() })
  if (status === REFUND.accepted) changeBalance(gateway, refund.currency, -refund.amount)
  if (before === REFUND.accepted) changeBalance(gateway, refund.currency, refund.amount)
  if (status !== REFUND.new) sendRefundIpn(gateway, refund)
}

/** Makes a refund. One that Payop starts by itself says so in its metadata. */
export const createRefund = (
  gateway: Gateway,
  transaction: Transaction,
  { type, units, metadata }: { readonly type: number; readonly units: number; readonly metadata: Json },
): Refund => {
  const { clock, ids, behaviour, refunds } = gateway
  if (units > refundable(gateway, transaction))
    throw new Refusal(422, 'Refund amount is bigger than transaction amount')
  const refund: Refund = {
    id: ids.uuid(),
    transactionId: transaction.id,
    status: REFUND.new,
    type,
    amount: fromUnits(units),
    currency: transaction.currency,
    metadata,
    createdAt: clock.now(),
    updatedAt: null,
    error: null,
  }
  refunds.set(refund.id, refund)
  if (behaviour.decideAfterMs !== null)
    clock.after(behaviour.decideAfterMs, () => {
      if (refund.status === REFUND.new) decideRefund(gateway, refund, REFUND.accepted)
    })
  return refund
}

const checkFields = (body: Json): void => {
  const partial = Number(body.refundType) === PARTIAL
  const blank = ['transactionIdentifier', 'refundType', ...(partial ? ['amount'] : [])].filter((field) =>
    isBlank(body[field]),
  )
  if (blank.length > 0) throw blankFields(blank)
  if (![FULL, PARTIAL].includes(Number(body.refundType)))
    throw invalidFields({ refundType: ['The value you selected is not a valid choice.'] })
  if (partial && !(toUnits(text(body.amount)) > 0)) throw invalidFields({ amount: ['This value should be positive.'] })
  checkMetadata(body)
}

const refundOnWire = (gateway: Gateway, refund: Refund): Json => {
  const source = gateway.transactions.get(refund.transactionId)
  return {
    identifier: refund.id,
    status: refund.status,
    type: refund.type,
    userIdentifier: USER_ID,
    amount: refund.amount,
    currency: refund.currency,
    createdAt: seconds(refund.createdAt),
    updatedAt: secondsOrNull(refund.updatedAt),
    sourceTransaction: source === undefined ? phpMap(gateway, {}) : transactionOnWire(gateway, source),
    error: refund.error,
    metadata: phpMap(gateway, refund.metadata),
  }
}

export const CREATE_REFUND = 'POST /v1/refunds/create'

export const addRefundRoutes = (app: Hono, gateway: Gateway): void => {
  app.post(
    '/v1/refunds/create',
    logged(gateway, CREATE_REFUND, async (c, { note, executed }) => {
      authenticate(c, gateway, 'refunds')
      const body = await readJson(c)
      note({ key: callerKey(c, record(body.metadata)), amount: text(body.amount) || undefined })
      checkFields(body)
      const transaction = gateway.transactions.get(text(body.transactionIdentifier))
      if (transaction === undefined) throw new Refusal(422, 'Transaction not found')
      if (transaction.state !== TX.accepted) throw madeUp('Only an accepted transaction can be refunded')
      const type = Number(body.refundType)
      const units = toUnits(type === FULL ? transaction.amount : text(body.amount))
      const refund = createRefund(gateway, transaction, { type, units, metadata: record(body.metadata) })
      note({ id: refund.id, amount: String(refund.amount), currency: refund.currency })
      executed()
      const inBody = gateway.behaviour.refundBodyId === 'uuid'
      return createdAnswer(c, gateway, 'refund', { id: refund.id, inBody })
    }),
  )

  app.get('/v1/refunds/user-refunds', (c) => {
    authenticate(c, gateway, 'refunds')
    const refunds = listed(c, gateway, gateway.refunds)
    return c.json({ data: refunds.map((refund) => refundOnWire(gateway, refund)), status: 1 })
  })
}
