import { amount, type Fields, matching, oneOf, optionalText, text } from '../fields.js'
import type { PayoutMode, Transfer, TransferDecision, TransferStatus } from '../records.js'
import { Refusal } from '../refusal.js'
import type { Gateway } from '../state.js'
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
export const requestTransfer = (gateway: Gateway, fields: Fields): Transfer => {
  const { clock, nextId } = gateway
  const amountPaise = amount(fields, 'amount')
  const transRef = matching(fields, 'trans_ref', REFERENCE, REFERENCE_WORDS)
  const beneficiaryRef = text(fields, 'beneficiary_ref')
  const remarks = optionalText(fields, 'remarks')
  const payMode = oneOf(fields, 'pay_mode', ['NEFT', 'IMPS', 'RTGS'], 'NEFT')
  refuseBeyondLimit(payMode, amountPaise)
  refuseIfTaken(gateway, 'trans_ref', latestTransfer(gateway, transRef))
  const { status, beneficiaryId, account } = findBeneficiary(gateway, beneficiaryRef)
  if (status !== 'active') throw new Refusal('conflict', 'Beneficiary is not active')
  if (gateway.balancePaise < amountPaise + FEE_PAISE) throw new Refusal('conflict', 'Insufficient balance')

  const now = clock.now()
  const transfer: Transfer = {
    transId: nextId('trans'),
    transRef,
    status: 'accepted',
    forcedStatus: null,
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
  gateway.balancePaise -= amountPaise + FEE_PAISE
  gateway.transfers.push(transfer)
  scheduleStep(gateway, transfer)
  return transfer
}

/** The latest transfer with a reference; several may have it if `enforceUniqueRefs` is false. */
export const latestTransfer = ({ transfers }: Gateway, transRef: string): Transfer | undefined =>
  transfers.filter((transfer) => transfer.transRef === transRef).at(-1)

export const findTransfer = (gateway: Gateway, transRef: string): Transfer => {
  const transfer = latestTransfer(gateway, transRef)
  if (transfer === undefined) throw new Refusal('not_found', 'Transfer not found')
  return transfer
}

/** Moves a transfer one step from accepted over queued and processing to success. */
export const advanceTransfer = (gateway: Gateway, transfer: Transfer): void => {
  const next = NEXT.get(transfer.status)
  if (next === undefined) throw new Refusal('conflict', 'The transfer is at rest')
  setStatus(gateway, transfer, next)
}

/**
 * Ends a transfer and gives amount and fee back. A bank may return a transfer after its success; which word IppoPay uses for
 * that is not known, so it can be `failed` or `returned`.
 */
export const decideTransfer = (gateway: Gateway, transfer: Transfer, decision: TransferDecision): void => {
  const onItsWay = NEXT.has(transfer.status)
  if (!onItsWay && (transfer.status !== 'success' || decision === 'cancelled'))
    throw new Refusal('conflict', 'The transfer is at rest')
  setStatus(gateway, transfer, decision)
  gateway.balancePaise += transfer.amountPaise + transfer.feePaise
}

const scheduleStep = (gateway: Gateway, transfer: Transfer): void => {
  const { transferStepMs } = gateway.behaviour
  const from = transfer.status
  if (transferStepMs === null || !NEXT.has(from)) return
  gateway.clock.after(transferStepMs, () => {
    if (transfer.status !== from) return
    advanceTransfer(gateway, transfer)
    scheduleStep(gateway, transfer)
  })
}

const setStatus = (gateway: Gateway, transfer: Transfer, status: TransferStatus): void => {
  transfer.status = status
  transfer.updatedAt = gateway.clock.now()
}

const refuseBeyondLimit = (payMode: PayoutMode, amountPaise: number): void => {
  if (payMode === 'IMPS' && amountPaise > LIMIT_PAISE) throw new Refusal('invalid', 'IMPS carries at most INR 200000')
  if (payMode === 'RTGS' && amountPaise <= LIMIT_PAISE) throw new Refusal('invalid', 'RTGS starts above INR 200000')
}
