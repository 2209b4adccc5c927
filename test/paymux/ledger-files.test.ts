import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { paymux as paymuxPromises } from '../../src/paymux/promises.js'
import { createDatabase, describeWithPostgres } from '../postgres/server.js'
import { accounts, closeShops, configurationOn, left, openShop, right, rupeePayout } from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(closeShops)

describe('a shop whose ledger is gone', () => {
  it.each([
    ['with everything beside it', ['', '-wal', '-shm'], 'ERR_LEDGER_REMOVED'],
    ['in part', ['-wal', '-shm'], 'ERR_LEDGER_WAL'],
  ])('%s sends nothing more, whatever it is asked', async (_name, ends, code) => {
    const config = configurationOn(stage)
    const shop = await openShop(stage, config)
    await right(shop.payout(rupeePayout(`before-${code}`)))
    const sent = stage.ippopay.executions().length
    for (const end of ends) rmSync(config.store.file + end)
    for (const key of [`before-${code}`, `new-${code}`])
      expect(await left(shop.payout(rupeePayout(key)))).toMatchObject({ code })
    expect(await left(shop.listUnresolved())).toMatchObject({ _tag: 'Unreachable', phase: 'store', code })
    expect((await right(shop.health())).store).toEqual({ reachable: false, code })
    expect(stage.ippopay.executions()).toHaveLength(sent)
  })
})

describe('backup', () => {
  it('writes a ledger that another shop opens, in both spellings', async () => {
    const config = configurationOn(stage)
    const target = (name: string) => join(stage.folder, name)
    const shop = await openShop(stage, config)
    const { reference } = await right(shop.payout(rupeePayout('copied')))
    await right(shop.backup(target('tasks.db')))
    const promises = await paymuxPromises(config, { env: stage.env })
    await promises.backup(target('promises.db'))
    await expect(promises.backup(target('promises.db'))).rejects.toMatchObject({ error: { _tag: 'InvalidRequest' } })
    await promises.stop()
    for (const name of ['tasks.db', 'promises.db']) {
      expect(statSync(target(name)).mode & 0o777).toBe(0o600)
      const copy = await openShop(stage, { ...config, store: { type: 'sqlite', file: target(name) } })
      expect(await right(copy.payout(rupeePayout('copied')))).toMatchObject({ reference, replayed: true })
    }
  })

  it.each<unknown>(['', 7, 'a\0b'])('refuses the path %j', async (path) => {
    const shop = await openShop(stage, configurationOn(stage))
    // @ts-expect-error what a program without types may give
    expect(await left(shop.backup(path))).toMatchObject({ _tag: 'InvalidRequest', issues: [{ path: 'path' }] })
  })
})

describeWithPostgres('backup of PostgreSQL', (server) => {
  it('says to use pg_dump', async () => {
    const store = { type: 'postgres', url: await createDatabase(server) } as const
    const shop = await openShop(stage, { accounts, store })
    const error = await left(shop.backup(join(stage.folder, 'pg.db')))
    expect(error).toMatchObject({ _tag: 'InvalidRequest', message: expect.stringContaining('pg_dump') })
  })
})
