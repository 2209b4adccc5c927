import { acme } from '../../../src/adapters/acme/index.js'
import { left, right } from '../../either.js'
import { config } from './support.js'

describe('the configuration of an Acme account', () => {
  it('has defaults', () => {
    const { account, identity } = right(acme(config))
    expect(account).toBe('acme')
    expect(identity).toEqual({ adapter: 'acme', apiUrl: 'https://api.acme.example', merchantId: 'merchant-1' })
  })

  it.each<[field: string, value: unknown]>([
    ['merchantId', 'with:colon'],
    ['merchantId', undefined],
    ['secretKey', 'with space'],
    ['apiUrl', 'http://api.acme.example'],
    ['account', 'one account'],
    ['secretkey', 'no-such-field'],
  ])('refuses %s as %j, and does not print it', (field, value) => {
    const error = left(acme({ ...config, [field]: value }))
    expect(error).toMatchObject({ _tag: 'InvalidConfig', issues: [{ path: field }] })
    expect(error.message).not.toContain(String(value))
  })
})
