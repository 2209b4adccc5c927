import { type Fields, matching, text } from '../fields.js'
import type { Beneficiary } from '../records.js'
import { Refusal } from '../refusal.js'
import type { Gateway } from '../state.js'
import { REFERENCE, REFERENCE_WORDS, refuseIfTaken } from './references.js'

const DEFAULT_LIMIT = 10

export const createBeneficiary = (gateway: Gateway, fields: Fields): Beneficiary => {
  const beneficiaryRef = matching(fields, 'beneficiary_ref', REFERENCE, REFERENCE_WORDS)
  const name = text(fields, 'name')
  const account = {
    number: matching(fields, 'acc_number', /^[0-9A-Za-z]{4,34}$/, 'an account number'),
    ifsc: matching(fields, 'ifsc', /^[A-Z]{4}0[0-9A-Z]{6}$/, 'an IFSC of eleven characters'),
  }
  refuseIfTaken(gateway, 'beneficiary_ref', latestBeneficiary(gateway, beneficiaryRef))

  const now = gateway.clock.now()
  const [first = '', ...others] = name.trim().split(/\s+/)
  const beneficiary: Beneficiary = {
    beneficiaryId: gateway.nextId('bene'),
    beneficiaryRef,
    status: 'active',
    account,
    name: { first, last: others.join(' '), full: name },
    createdAt: now,
    updatedAt: now,
  }
  gateway.beneficiaries.push(beneficiary)
  return beneficiary
}

/** The latest beneficiary with a reference; several may have it if `enforceUniqueRefs` is false. */
export const latestBeneficiary = ({ beneficiaries }: Gateway, beneficiaryRef: string): Beneficiary | undefined =>
  beneficiaries.filter((beneficiary) => beneficiary.beneficiaryRef === beneficiaryRef).at(-1)

export const findBeneficiary = (gateway: Gateway, beneficiaryRef: string): Beneficiary => {
  const beneficiary = latestBeneficiary(gateway, beneficiaryRef)
  if (beneficiary === undefined) throw new Refusal('not_found', 'Beneficiary not found')
  return beneficiary
}

/** Pages count from 1; whether IppoPay's do is not documented. */
export const listBeneficiaries = ({ beneficiaries }: Gateway, query: Fields): readonly Beneficiary[] => {
  const limit = wholeNumber(query, 'limit', DEFAULT_LIMIT)
  const page = wholeNumber(query, 'page', 1)
  return beneficiaries.slice((page - 1) * limit, page * limit)
}

export const setBeneficiaryStatus = (gateway: Gateway, beneficiary: Beneficiary, status: Beneficiary['status']) => {
  beneficiary.status = status
  beneficiary.updatedAt = gateway.clock.now()
}

const wholeNumber = (query: Fields, name: string, missing: number): number =>
  query[name] === undefined ? missing : Number(matching(query, name, /^[1-9]\d{0,5}$/, 'a whole number from 1'))
