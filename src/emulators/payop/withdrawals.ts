import type { Context, Hono } from 'hono'
import { authenticate } from './auth.js'
import { blankFields, Refusal } from './errors.js'
import {
  type Audit,
  callerKey,
  isBlank,
  listed,
  logged,
  phpMap,
  readJson,
  record,
  seconds,
  secondsOrNull,
  text,
} from './http.js'
import { sendWithdrawalIpn } from './ipn.js'
import { changeBalance } from './lifecycle.js'
import { loadDecryption } from './sealed-box.js'
import { type Gateway, type Json, type State, WITHDRAWAL, type Withdrawal } from './state.js'
import { USER_ID } from './transactions.js'
import { batchError, debit, readItem, WITHDRAWAL_METHODS, type WithdrawalItem } from './withdrawal-items.js'

/** Decides a withdrawal: 2 accepted, 3 rejected (the money comes back), 1 or 4 pending. */
export const decideWithdrawal = (
  gateway: Gateway,
  withdrawal: Withdrawal,
  status: State,
  comment: string | null = null,
): void => {
  const before = withdrawal.status
  if (status === before) return
  Object.assign(withdrawal, { status, comment, updatedAt: gateway.clock.now() })
  if (status === WITHDRAWAL.rejected) changeBalance(gateway, withdrawal.currency, withdrawal.payAmount)
  if (before === WITHDRAWAL.rejected) changeBalance(gateway, withdrawal.currency, -withdrawal.payAmount)
  if (status === WITHDRAWAL.accepted || status === WITHDRAWAL.rejected) sendWithdrawalIpn(gateway, withdrawal)
}

const createWithdrawal = (gateway: Gateway, item: WithdrawalItem, groupId: string | null): Withdrawal => {
  const { clock, ids, behaviour, withdrawals } = gateway
  debit(gateway, item)
  const withdrawal: Withdrawal = {
    ...item,
    id: ids.uuid(),
    transactionId: ids.uuid(),
    groupId,
    status: WITHDRAWAL.new,
    createdAt: clock.now(),
    updatedAt: null,
    comment: null,
  }
  withdrawals.set(withdrawal.id, withdrawal)
  if (behaviour.decideAfterMs !== null)
    clock.after(behaviour.decideAfterMs, () => {
      if (withdrawal.status === WITHDRAWAL.new) decideWithdrawal(gateway, withdrawal, WITHDRAWAL.accepted)
    })
  return withdrawal
}

/** Decrypts the box and returns its items, unchecked. */
const decryptBatch = (
  gateway: Gateway,
  decrypt: (box: string) => string | undefined,
  box: string,
): readonly unknown[] => {
  const plaintext = decrypt(box)
  if (plaintext === undefined) throw new Refusal(400, "Unable decrypt message. Please check if it's properly encrypted")
  try {
    const batch: unknown = JSON.parse(plaintext)
    if (Array.isArray(batch)) return batch
  } catch {}
  throw batchError(gateway, 'Decoded batch withdrawal request should be a collection of withdrawal objects')
}

/** Pays a batch: all items or none or, with `batchAtomic` false, up to the first wrong item. */
const payBatch = (c: Context, gateway: Gateway, batch: readonly unknown[], { note, executed }: Audit): Withdrawal[] => {
  const groupId = batch.length > 1 ? gateway.ids.uuid() : null
  const noteItem = (input: unknown) => {
    const { amount, currency, metadata } = record(input)
    note({
      key: callerKey(c, record(metadata)),
      amount: text(amount) || undefined,
      currency: text(currency) || undefined,
    })
  }
  const read = (input: unknown, index: number): WithdrawalItem => {
    noteItem(input)
    return readItem(gateway, input, index)
  }
  const pay = (item: WithdrawalItem): Withdrawal => {
    noteItem(item)
    const withdrawal = createWithdrawal(gateway, item, groupId)
    note({ id: withdrawal.id })
    executed()
    return withdrawal
  }
  if (!gateway.behaviour.batchAtomic) return batch.map((input, index) => pay(read(input, index)))
  const items = batch.map(read)
  checkFunds(gateway, items)
  return items.map(pay)
}

const checkFunds = (gateway: Gateway, items: readonly WithdrawalItem[]): void => {
  const before = [...gateway.balances]
  try {
    for (const item of items) debit(gateway, item)
  } finally {
    for (const [currency, units] of before) gateway.balances.set(currency, units)
  }
}

/** Takes a key once and refuses the second request, without its first answer. A payment always uses up the key. */
const useKey = (gateway: Gateway, key: string | undefined, pay: () => Withdrawal[]): Withdrawal[] => {
  if (key === undefined) return pay()
  const { idempotencyKeys, behaviour, withdrawals } = gateway
  if (idempotencyKeys.has(key)) throw new Refusal(409, 'Not unique idempotency key')
  const before = withdrawals.size
  try {
    return pay()
  } finally {
    if (behaviour.consumeKeyOnFailure || withdrawals.size > before) idempotencyKeys.add(key)
  }
}

const withdrawalOnWire = (gateway: Gateway, withdrawal: Withdrawal): Json => ({
  identifier: withdrawal.id,
  groupIdentifier: withdrawal.groupId,
  userIdentifier: String(USER_ID),
  type: withdrawal.type,
  currency: withdrawal.currency,
  amount: withdrawal.amount,
  payAmount: withdrawal.payAmount,
  transactionIdentifier: withdrawal.transactionId,
  status: withdrawal.status,
  method: withdrawal.method,
  createdAt: seconds(withdrawal.createdAt),
  updatedAt: secondsOrNull(withdrawal.updatedAt),
  comment: withdrawal.comment,
  additionalData: withdrawal.additionalData,
  metadata: phpMap(gateway, withdrawal.metadata),
})

export const CREATE_WITHDRAWALS = 'POST /v1/withdrawals/create-mass'

export const addWithdrawalRoutes = (app: Hono, gateway: Gateway): void => {
  app.post(
    '/v1/withdrawals/create-mass',
    logged(gateway, CREATE_WITHDRAWALS, async (c, audit) => {
      authenticate(c, gateway, 'withdrawals')
      const body = await readJson(c)
      if (isBlank(body.data)) throw blankFields(['data'])
      // Loads first: between the check of the key and the payment nothing else may run.
      const decrypt = await loadDecryption(gateway.boxSecretKey)
      const withdrawals = useKey(gateway, c.req.header('idempotency-key'), () =>
        payBatch(c, gateway, decryptBatch(gateway, decrypt, text(body.data)), audit),
      )
      const data = withdrawals.map(({ id, metadata }) => ({ id, metadata: phpMap(gateway, metadata) }))
      return c.json({ data, status: 1 }, gateway.behaviour.successStatus.withdrawal)
    }),
  )

  app.get('/v1/withdrawals/user-withdrawals', (c) => {
    authenticate(c, gateway, 'withdrawals')
    const withdrawals = listed(c, gateway, gateway.withdrawals)
    return c.json({ data: withdrawals.map((withdrawal) => withdrawalOnWire(gateway, withdrawal)), status: 1 })
  })

  app.get('/v1/instrument-settings/payment-methods/available-withdrawal-for-user', (c) => {
    authenticate(c, gateway, 'methods')
    const data = WITHDRAWAL_METHODS.map(({ id, name, currencies }) => ({ type: id, name, currencies }))
    return c.json({ data, status: 1 })
  })
}
