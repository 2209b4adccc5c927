import { general, oneObject, uniqueReference } from '../../../src/adapters/ippopay/refusal.js'
import { Accepted } from '../../../src/adapters/ippopay/wire.js'
import { interpretAnswer } from '../../../src/core/index.js'
import { left } from '../../either.js'
import { json, says } from './support.js'

const dialects = { general, oneObject, uniqueReference }

const meaningOf = (dialect: keyof typeof dialects, answer: { status: number; body: string }) => {
  const error = left(interpretAnswer('moves_money', dialects[dialect], Accepted)({ headers: {}, ...answer }))
  return error._tag === 'Refused' ? error.reason : error._tag
}

describe('a no of IppoPay', () => {
  it.each([
    [401, 'authentication'],
    [403, 'permission'],
    [404, 'not_found'],
    [429, 'RateLimited'],
  ])('under %d is %s, whoever says it', (status, meaning) => {
    for (const dialect of ['general', 'oneObject', 'uniqueReference'] as const) {
      expect(meaningOf(dialect, says.no('Source IP not allowed', status))).toBe(meaning)
      expect(meaningOf(dialect, json({ message: 'No Route matched with those values' }, status))).toBe(meaning)
    }
  })

  it.each([200, 201, 400, 402, 409, 422])('under %d has no reason but what was asked', (status) => {
    expect(meaningOf('general', says.no('anything', status))).toBe('validation')
    expect(meaningOf('uniqueReference', says.no('anything', status))).toBe('validation')
    expect(meaningOf('oneObject', says.no('anything', status))).toBe('not_found')
  })

  it.each([408, 424, 425, 499, 500, 502, 503])('under %d tells nothing', (status) => {
    expect(meaningOf('general', says.no('anything', status))).toBe('Indeterminate')
  })

  it.each([
    'insufficient balance',
    'invalid key',
    'order not found',
    'IP not allowed',
    'duplicate',
    'already refunded',
  ])('is not interpreted by its text: %s', (message) => {
    expect(meaningOf('general', says.no(message))).toBe('validation')
    expect(meaningOf('oneObject', says.no(message))).toBe('not_found')
  })

  it.each([
    'Request timed out',
    'Transfer is under processing',
    'Status pending, check later',
    'Gateway time-out',
    'timed out, check later',
    'The transfer is processing',
    'Transaction in progress',
    'Request is in process',
    'Transfer queued at bank',
    'Please check the status later',
    'Check back after some time',
    'Awaiting confirmation from bank',
    'The status is not known',
  ])('that leaves it open is Indeterminate: %s', (message) => {
    for (const status of [200, 400, 409, 422])
      for (const dialect of ['general', 'uniqueReference'] as const)
        expect(meaningOf(dialect, says.no(message, status))).toBe('Indeterminate')
  })

  it('about a reference of ours that may be a repeat is Indeterminate under every status', () => {
    for (const status of [200, 400, 403, 404, 409, 422])
      expect(meaningOf('uniqueReference', says.no('trans_ref already exists', status))).toBe('Indeterminate')
  })

  it.each([
    ['without a text', json({ success: false }, 400), 'validation'],
    ['with a text that is none', json({ success: false, message: { en: 'no' } }, 400), 'validation'],
    ['of the front gateway without a text', json({}, 401), 'Indeterminate'],
    ['of the front gateway with a text that is none', json({ message: 7 }, 401), 'Indeterminate'],
    ['with success as null', json({ success: null, message: 'no' }, 401), 'Indeterminate'],
  ])('%s', (_name, answer, meaning) => {
    expect(meaningOf('general', answer)).toBe(meaning)
  })
})
