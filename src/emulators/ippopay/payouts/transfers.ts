import type { Context } from '../context.js'
import { amount, type Fields, matching, oneOf, optionalText, text } from '../fields.js'
import type { PayoutMode, Transfer, TransferDecision, TransferStatus } from '../records.js'
import { Refusal } from '../refusal.js'
import { findBeneficiary } from './beneficiaries.js'
import { REFERENCE, REFERENCE_WORDS, refuseIfTaken } from './references.js'

const FEE_PAISE = 400
/** IMPS carries up to this amount, RTGS only more than it. */
const LIMIT_PAISE = 200_000_00

const NEXT = new Map<TransferStatus, TransferStatus>([
  ['accepted', 'queued'],
  ['queued', 'processing'],
  ['processing', 'success'],
])

/** Accepts a transfer and takes amount and fee from the balance at once. */
export const requestTransfer = (context: Context, fields: Fields): Transfer => {
  const { books, clock, nextId } = context
  const amountPaise = amount(fields, 'amount')
  const transRef = matching(fields, 'trans_ref', REFERENCE, REFERENCE_WORDS)
  const beneficiaryRef = text(fields, 'beneficiary_ref')
  const remarks = optionalText(fields, 'remarks')
  const payMode = oneOf(fields, 'pay_mode', ['NEFT', 'IMPS', 'RTGS'], 'NEFT')
  refuseBeyondLimit(payMode, amountPaise)
  refuseIfTaken(context, 'trans_ref', lookUpTransfer(context, transRef))
  const { status, beneficiaryId, account } = findBeneficiary(context, beneficiaryRef)
  if (status !== 'active') throw new Refusal('conflict', 'Beneficiary is not active')
  if (books.balancePaise < amountPaise + FEE_PAISE) throw new Refusal('conflict', 'Insufficient balance')

  const now = clock.now()
  const transfer: Transfer = {
    transId: nextId('trans'),
    transRef,
    status: 'accepted',
    amountPaise,
    feePaise: FEE_PAISE,
    payMode,
    remarks,
    beneficiaryId,
    beneficiaryRef,
    account,
    createdAt: now,
    updatedAt: now,
  }
  books.balancePaise -= amountPaise + FEE_PAISE
  books.transfers.push(transfer)
  scheduleStep(context, transfer)
  return transfer
}

/** The latest, where references need not be unique. */
export const lookUpTransfer = ({ books }: Context, transRef: string): Transfer | undefined =>
  books.transfers.filter((transfer) => transfer.transRef === transRef).at(-1)

export const findTransfer = (context: Context, transRef: string): Transfer => {
  const transfer = lookUpTransfer(context, transRef)
  if (transfer === undefined) throw new Refusal('not_found', 'Transfer not found')
  return transfer
}

/** One step of accepted, queued, processing, success. */
export const advanceTransfer = (context: Context, transfer: Transfer): void => {
  const next = NEXT.get(transfer.status)
  if (next === undefined) throw new Refusal('conflict', 'The transfer is at rest')
  setStatus(context, transfer, next)
}

/**
 * Money that did not arrive goes back with its fee. A bank may return a transfer after its success; which word IppoPay
 * has for that is not known, so it can be `failed` or `returned`.
 */
export const decideTransfer = (context: Context, transfer: Transfer, decision: TransferDecision): void => {
  const onItsWay = NEXT.has(transfer.status)
  if (!onItsWay && (transfer.status !== 'success' || decision === 'cancelled'))
    throw new Refusal('conflict', 'The transfer is at rest')
  setStatus(context, transfer, decision)
  context.books.balancePaise += transfer.amountPaise + transfer.feePaise
}

const scheduleStep = (context: Context, transfer: Transfer): void => {
  const { transferStepMs } = context.behaviour
  const from = transfer.status
  if (transferStepMs === null || !NEXT.has(from)) return
  context.clock.after(transferStepMs, () => {
    if (transfer.status !== from) return
    advanceTransfer(context, transfer)
    scheduleStep(context, transfer)
  })
}

const setStatus = (context: Context, transfer: Transfer, status: TransferStatus): void => {
  transfer.status = status
  transfer.updatedAt = context.clock.now()
}

const refuseBeyondLimit = (payMode: PayoutMode, amountPaise: number): void => {
  if (payMode === 'IMPS' && amountPaise > LIMIT_PAISE) throw new Refusal('invalid', 'IMPS carries at most INR 200000')
  if (payMode === 'RTGS' && amountPaise <= LIMIT_PAISE) throw new Refusal('invalid', 'RTGS starts above INR 200000')
}
