import { join, resolve } from 'node:path'
import nock from 'nock'
import { checkout } from '../../examples/configurations/checkout.js'
import { openStage, type Stage } from '../paymux/stage.js'
import { createDatabase, sharedPostgres } from '../postgres/server.js'

const file = (name: string): string => resolve('examples/configurations', name)

let stage: Stage

beforeAll(async () => {
  nock.restore()
  stage = await openStage()
})
afterAll(() => stage.close())

const envWith = (ledger: string, more: Readonly<Record<string, string>> = {}) => ({
  ...stage.env,
  PAYMUX_FILE: join(stage.folder, ledger),
  ...more,
})

describe('the same merchant code, with another file', () => {
  it('is served by the first account of the file', async () => {
    expect(await checkout(file('two-accounts.json'), ['A-1'], envWith('two.db'))).toEqual(['europe'])
  })

  it('is served by the other one when the accounts are swapped', async () => {
    expect(await checkout(file('swapped-order.json'), ['A-2'], envWith('swapped.db'))).toEqual(['india'])
  })

  it('keeps what was served before the swap where it was', async () => {
    const env = envWith('history.db')
    expect(await checkout(file('two-accounts.json'), ['A-3'], env)).toEqual(['europe'])
    expect(await checkout(file('swapped-order.json'), ['A-3', 'A-4'], env)).toEqual(['europe', 'india'])
  })

  it('has a third account to go to, and goes there when the others cannot be reached', async () => {
    const nobody = { IPPOPAY_API_URL: 'http://127.0.0.1:1', PAYOP_API_URL: 'http://127.0.0.1:1' }
    const orders = ['A-5']
    expect(await checkout(file('third-account.json'), orders, envWith('third.db'))).toEqual(['india'])
    expect(
      await checkout(
        file('third-account.json'),
        orders,
        envWith('other.db', { IPPOPAY_API_URL: nobody.IPPOPAY_API_URL }),
      ),
    ).toEqual(['europe'])
  })

  const server = sharedPostgres()
  const postgres = 'url' in server ? it : it.skip
  if ('reason' in server && process.env.CI === 'true') throw new Error(`no PostgreSQL: ${server.reason}`)
  if ('reason' in server) console.warn(`skipped: no PostgreSQL: ${server.reason}`)

  postgres('keeps its ledger in PostgreSQL, where every process finds it', async () => {
    if ('reason' in server) return
    const env = envWith('none.db', { DATABASE_URL: await createDatabase(server) })
    expect(await checkout(file('postgres.json'), ['A-6'], env)).toEqual(['europe'])
    expect(await checkout(file('postgres.json'), ['A-6'], env)).toEqual(['europe'])
    expect(stage.payop.executions().filter(({ key }) => key?.includes('A-6')).length).toBeLessThanOrEqual(1)
  })
})
