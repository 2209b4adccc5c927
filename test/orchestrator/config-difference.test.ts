import * as E from 'fp-ts/lib/Either.js'
import { invalidConfig } from '../../src/core/index.js'
import { anotherIdentity, difference } from '../../src/orchestrator/config/index.js'
import { configurationOf, fullFile, replaced, smallFile, variables } from './configuration-file.js'

const before = configurationOf(fullFile)
const whenReplaced = (path: string, value: unknown) =>
  difference(before, configurationOf(replaced(fullFile, path, value)))

describe('the difference between two configurations', () => {
  it('is nothing where they are read from the same file', () => {
    expect(difference(before, configurationOf(fullFile))).toEqual(E.right([]))
  })

  it.each<readonly [path: string, value: unknown, reported: readonly string[]]>([
    ['accounts/another', { adapter: 'two', secretKey: 'CANARY' }, ['added accounts.another']],
    ['accounts/spare/secretKey', 'CANARY', ['changed accounts.spare.secretKey']],
    ['accounts/spare/adapter', 'two', ['changed accounts.spare.adapter']],
    ['accounts/spare/token', 'CANARY', ['added accounts.spare.token']],
    ['accounts/india.2/nested/keys', ['CANARY'], ['changed accounts.india.2.nested.keys']],
    ['routes/0/to', ['spare'], ['changed routes.0.to']],
    ['routes/0/when/amount/to', '500.01', ['changed routes.0.when.amount.to.minorUnits']],
    ['routes/0/when/country', undefined, ['removed routes.0.when.country']],
    ['routes', fullFile.routes.slice(0, 1), ['removed routes.1', 'removed routes.2']],
    ['webhooks/secret', 'CANARY-9876543210-9876543210-9876543210', ['changed webhooks.secret']],
    ['webhooks/sources/europe/mode', 'observe', ['changed webhooks.sources.europe.mode']],
    ['webhooks', undefined, ['removed webhooks']],
    ['retention/personalData', false, ['changed retention.personalData']],
    ['retention/log', undefined, ['changed retention.log']],
  ])('at %s is reported with its path and without a value', (path, value, reported) => {
    const differences = whenReplaced(path, value)
    const lines = E.isRight(differences) ? differences.right.map((each) => `${each.change} ${each.path}`) : []
    expect(lines).toEqual(reported)
    expect(JSON.stringify(differences)).not.toContain('CANARY')
  })

  it('says that an account is gone, and not its fields', () => {
    const { spare, ...accounts } = smallFile.accounts
    expect(difference(configurationOf(smallFile), configurationOf({ ...smallFile, accounts }))).toEqual(
      E.right([
        { path: 'accounts.spare', change: 'removed' },
        { path: 'routes.0.to', change: 'changed' },
      ]),
    )
  })

  it('names a secret that was rotated in the environment', () => {
    const rotated = configurationOf(fullFile, { ...variables, EUROPE_SECRET: 'CANARY-rotated' })
    expect(difference(before, rotated)).toEqual(E.right([{ path: 'accounts.europe.secretKey', change: 'changed' }]))
  })

  it('names another order of the accounts', () => {
    const { main, spare } = smallFile.accounts
    const swapped = configurationOf({ ...smallFile, accounts: { spare, main } })
    expect(difference(configurationOf(smallFile), swapped)).toEqual(
      E.right([{ path: 'routes.0.to', change: 'changed' }]),
    )
  })

  it('compares bytes by what they are', () => {
    const withBytes = (byte: number) =>
      configurationOf({
        ...smallFile,
        accounts: { main: { adapter: 'one', certificate: new Uint8Array(32).fill(byte) } },
      })
    expect(difference(withBytes(1), withBytes(1))).toEqual(E.right([]))
    expect(difference(withBytes(1), withBytes(2))).toEqual(
      E.right([{ path: 'accounts.main.certificate', change: 'changed' }]),
    )
  })

  it.each<readonly [path: string, value: unknown, reported: readonly string[]]>([
    ['store', smallFile.store, ['store.type', 'store.url', 'store.file']],
    ['store/url', 'postgres://CANARY@db.example.org/paymux', ['store.url']],
    ['encryption/current', 'k1', ['encryption.current']],
    ['encryption', undefined, ['encryption']],
  ])('at %s is refused: the ledger is open', (path, value, reported) => {
    const expected = 'what the running ledger has; a restart changes it'
    expect(whenReplaced(path, value)).toEqual(E.left(invalidConfig(reported.map((each) => ({ path: each, expected })))))
  })
})

describe('another merchant’s account under a known name', () => {
  it('is refused at its place', () => {
    const error = anotherIdentity('main')
    expect(error._tag === 'InvalidConfig' && error.issues.map(({ path }) => path)).toEqual(['accounts.main'])
  })
})
