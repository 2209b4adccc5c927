import type * as t from 'io-ts'
import type {
  Beneficiary,
  exactObjectOf,
  Flow,
  Kind,
  Money,
  OperationName,
  PaymentError,
  taggedUnion,
} from '../../src/core/index.js'
import { flowNames, kindOf, kinds, operationNames, operationOf } from '../../src/core/index.js'
import {
  type AttemptState,
  attemptStateNames,
  attemptStates,
  type OperationState,
  operationStateNames,
  operationStates,
  storedRequests,
  storedSnapshots,
} from '../../src/ledger/index.js'

// What these tests hold, `npm run typecheck` proves: when one is broken, this file does not compile.
const holds = <_Claim extends true>(): void => {}
const fails = <_Claim extends false>(): void => {}
type Fits<A, B> = [A] extends [B] ? true : false
type Text = t.Type<string, unknown>

describe('a table that mirrors a union', () => {
  it('does not fit the union with one member more', () => {
    holds<Fits<typeof kindOf, Record<OperationName, Kind>>>()
    fails<Fits<typeof kindOf, Record<OperationName | 'capture', Kind>>>()
    fails<Fits<typeof operationOf, Record<Kind | 'dispute', OperationName>>>()
    fails<Fits<typeof operationStates, Record<OperationState | 'paused', readonly string[]>>>()
    fails<Fits<typeof attemptStates, Record<AttemptState | 'paused', readonly string[]>>>()
    fails<Fits<typeof storedRequests, Record<OperationName | 'capture', unknown>>>()
    fails<Fits<typeof storedSnapshots, Record<Kind | 'dispute', unknown>>>()
  })

  it('is where the lists of names are from', () => {
    expect(operationNames).toEqual(Object.keys(storedRequests))
    expect(kinds).toEqual(Object.keys(storedSnapshots))
    expect(operationStateNames).toEqual(Object.keys(operationStates))
    expect(attemptStateNames).toEqual(Object.keys(attemptStates))
    expect(Object.keys(kindOf)).toEqual(Object.values(operationOf))
    expect(new Set<Flow>(flowNames).size).toBe(flowNames.length)
  })
})

describe('a codec of what is stored', () => {
  it('takes one for every field, the optional ones too', () => {
    type Required = Parameters<typeof exactObjectOf<Money>>[1]
    type Optional = Parameters<typeof exactObjectOf<{ readonly a?: string; readonly b?: string }>>[2]
    holds<Fits<{ value: Text; currency: Text }, Required>>()
    fails<Fits<{ value: Text }, Required>>()
    holds<Fits<{ a: Text; b: Text }, Optional>>()
    fails<Fits<{ a: Text }, Optional>>()
  })

  it('takes one for every variant of a union', () => {
    type Errors = Parameters<typeof taggedUnion<PaymentError, '_tag'>>[2]
    type Beneficiaries = Parameters<typeof taggedUnion<Beneficiary, 'type'>>[2]
    fails<Fits<Omit<Errors, 'Conflict'>, Errors>>()
    fails<Fits<Omit<Beneficiaries, 'iban'>, Beneficiaries>>()
  })
})
