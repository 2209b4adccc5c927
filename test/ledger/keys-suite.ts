import { createSecretKey } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../../src/core/index.js'
import { type EncryptionKeys, noEncryption, type Store, type Write } from '../../src/ledger/index.js'
import { right } from '../either.js'
import { attempt, claiming, entry, event, logLine, operation, PAST, payment } from './records.js'

/** A ledger of the test: it can be opened with keys, and its rows can be read and changed beside paymux. */
export interface Ledger {
  readonly open: (encryption: EncryptionKeys) => TaskEither<PaymentError, Store>
  /** Runs one statement as another program would, without the triggers. */
  readonly run: (statement: string) => Promise<readonly Readonly<Record<string, unknown>>[]>
}

const key = (byte: number) => createSecretKey(Buffer.alloc(32, byte))
const keysOf = (current: string, ids: Readonly<Record<string, number>>, migrate = false): EncryptionKeys => ({
  current,
  keys: Object.fromEntries(Object.entries(ids).map(([id, byte]) => [id, key(byte)])),
  migrate,
})
const k1 = keysOf('k1', { k1: 1 })

const draft = {
  wire: { exchange: 'pay.create', effect: 'creates', method: 'POST', base: 'a', path: '/', auth: 'b', headers: {} },
  context: 'c',
  notPassedOn: [],
} as const

const attestation = { attestedBy: 'ann@shop.example', note: 'the list of payouts' }

const rowsOfEveryTable = (id: string): readonly Write[] => [
  ...claiming(id, { idempotencyKey: id }),
  { write: 'attempt', attempt: attempt(id, { state: 'dispatched', dispatchCount: 1, draft }), is: 'changed' },
  { write: 'new_object', object: payment(`p-${id}`) },
  { write: 'event', event: event(`s-${id}`, 1) },
  { write: 'inbox', entry: entry(`x-${id}`, { receivedAt: PAST }) },
  { write: 'log', log: logLine(id) },
  { write: 'log', log: logLine(id, { attestation }) },
]

const encryptedColumns: Readonly<Record<string, readonly string[]>> = {
  paymux_operations: ['request', 'error'],
  paymux_attempts: ['draft'],
  paymux_objects: ['snapshot', 'metadata'],
  paymux_events: ['payload'],
  paymux_inbox: ['body'],
  paymux_log: ['attestation'],
}

const column = (table: string, name: string) => `select ${name} as text from ${table} where ${name} is not null`

/** What a ledger does about its keys, on any store. */
export const keysSuite = (name: string, create: () => Promise<Ledger>): void => {
  describe(`the keys of a ledger in ${name}`, () => {
    let ledger: Ledger
    const stores: Store[] = []
    beforeEach(async () => {
      ledger = await create()
    })
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close()
    })

    const open = async (encryption: EncryptionKeys): Promise<Store> => {
      const store = right(await ledger.open(encryption)())
      stores.push(store)
      return store
    }
    const once = async (encryption: EncryptionKeys, ...ids: readonly string[]): Promise<string> => {
      const store = right(await ledger.open(encryption)())
      for (const id of ids) expect(right(await store.commit(rowsOfEveryTable(id))())).toEqual({ done: true })
      await store.close()
      return store.fingerprint('intent')
    }
    const everything = async (): Promise<string> => {
      const tables = [...Object.keys(encryptedColumns), 'paymux_ledger', 'paymux_encryption_keys']
      return JSON.stringify(
        await Promise.all(tables.map((table) => ledger.run(`select * from ${table} order by 1`))),
        (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
      )
    }
    const prefixes = async (): Promise<ReadonlySet<string>> => {
      const texts = await Promise.all(
        Object.entries(encryptedColumns).flatMap(([table, names]) =>
          names.map((one) => ledger.run(column(table, one))),
        ),
      )
      return new Set(texts.flat().map(({ text }) => String(text).replace(/^(plain|v1\.\w+)\..*$/s, '$1')))
    }
    /** Encrypts until it is done. */
    const reencryptAll = async ({ reencryption }: Store): Promise<void> => {
      while (right(await reencryption.next()()));
    }

    it.each<[string, EncryptionKeys, string]>([
      ['another key under a known id', keysOf('k1', { k1: 2 }), 'encryption.keys.k1'],
      ['another key only', keysOf('k2', { k2: 2 }), 'encryption.keys'],
      ['no keys', noEncryption, 'encryption.keys'],
      ['another key under an older id', keysOf('k2', { k1: 3, k2: 2 }), 'encryption.keys.k1'],
      ['no keys, and migrate', keysOf('k2', { k2: 2 }, true), 'encryption.keys'],
    ])('open it to the keys that it knows, and not to %s: nothing is written', async (_name, keys, path) => {
      await once(k1, 'a')
      const before = await everything()
      expect(await ledger.open(keys)()).toMatchObject({ left: { _tag: 'InvalidConfig', issues: [{ path }] } })
      expect(await everything()).toBe(before)
      await once(k1)
    })

    it('are not given to a plain ledger without migrate, in which nothing is written', async () => {
      await once(noEncryption, 'a')
      const before = await everything()
      expect(await ledger.open(k1)()).toMatchObject({
        left: { _tag: 'InvalidConfig', issues: [{ path: 'encryption.migrate' }] },
      })
      expect(await everything()).toBe(before)
    })

    it('encrypt a plain ledger when that is asked for, while it works, and refuse plain rows from then on', async () => {
      const fingerprint = await once(noEncryption, ...Array.from({ length: 120 }, (_, n) => `op-${n}`))
      const store = await open(keysOf('k1', { k1: 1 }, true))
      expect(store.fingerprint('intent')).toBe(fingerprint)
      expect(right(await store.operation('op-1')())).toBeDefined()
      expect(right(await store.reencryption.next()())).toBe(true)
      expect(right(await store.reencryption.next()())).toBe(true)
      expect(store.reencryption.progress()).toEqual({ visited: 100, total: 720 })
      expect(await prefixes()).toEqual(new Set(['plain', 'v1.k1']))
      expect(right(await store.commit(rowsOfEveryTable('between'))())).toEqual({ done: true })
      const moved = { ...payment('p-op-3'), version: 2 }
      const change: Write = { write: 'object', object: moved, version: 1, refreshRequestsSeen: 0 }
      expect(right(await store.commit([change])())).toEqual({ done: true })
      await reencryptAll(store)
      expect(store.reencryption.progress()).toBeUndefined()
      expect(await prefixes()).toEqual(new Set(['v1.k1']))
      for (const id of ['op-0', 'op-119', 'between'])
        expect(right(await store.operation(id)())).toMatchObject({ operation: { id }, attempts: [{ draft }] })
      expect(right(await store.log('op-7')())).toEqual([logLine('op-7'), logLine('op-7', { attestation })])
      expect(right(await store.object(payment('p-op-3'))())).toMatchObject({ version: 2 })
      expect(right(await store.dueEvents('s-op-7', 9)())).toHaveLength(1)
      expect(await once(k1)).toBe(fingerprint)
    })

    it('are rotated: rows are encrypted with the new one, and the old one may go', async () => {
      const fingerprint = await once(k1, 'a', 'b')
      const rotating = await open(keysOf('k2', { k1: 1, k2: 2 }, true))
      await reencryptAll(rotating)
      expect(await prefixes()).toEqual(new Set(['v1.k2']))
      expect(await once(keysOf('k2', { k2: 2 }))).toBe(fingerprint)
      const again = await open(keysOf('k2', { k2: 2 }, true))
      expect(right(await again.reencryption.next()())).toBe(false)
      expect(right(await again.operation('b')())).toMatchObject({ attempts: [{ draft }] })
      // It is still known: another key does not come under its id.
      expect(await ledger.open(keysOf('k2', { k1: 7, k2: 2 }))()).toMatchObject({ left: { _tag: 'InvalidConfig' } })
    })

    it('keep an old key in use while a row is encrypted with it that cannot be encrypted anew', async () => {
      await once(k1, 'a', 'b')
      await ledger.run(`update paymux_inbox set body = 'v1.k1.AAAA.AAAA.AAAA' where dedupe_key = 'x-a'`)
      const rotating = await open(keysOf('k2', { k1: 1, k2: 2 }, true))
      for (let batch = 0; batch < 20; batch += 1) expect(right(await rotating.reencryption.next()())).toBe(true)
      expect(rotating.reencryption.progress()).toBeDefined()
      expect(await ledger.open(keysOf('k2', { k2: 2 }))()).toMatchObject({ left: { _tag: 'InvalidConfig' } })
    })

    it.each(Object.entries(encryptedColumns))('refuse plain rows, read or written: %s', async (table, [name = '']) => {
      await once(k1, 'a')
      const store = await open(k1)
      await ledger.run(`update ${table} set ${name} = 'plain.{"version":1,"data":{}}' where ${name} is not null`)
      const reads: readonly TaskEither<PaymentError, unknown>[] = [
        store.operation('a'),
        store.object(payment('p-a')),
        store.dueEvents('s-a', 9),
        store.unmatched(Number.MAX_SAFE_INTEGER, 9),
        store.log('a'),
      ]
      const answers = await Promise.all(reads.map((read) => read()))
      expect(answers.filter(E.isLeft)).toMatchObject([{ left: { phase: 'store', code: 'ERR_NOT_ENCRYPTED' } }])
    })

    it('refuse plain rows of a process that has none yet', async () => {
      const plain = await open(noEncryption)
      expect(right(await plain.commit(rowsOfEveryTable('a'))())).toEqual({ done: true })
      const store = await open(keysOf('k1', { k1: 1 }, true))
      expect(await plain.commit(rowsOfEveryTable('b'))()).toMatchObject({ left: { _tag: 'Unreachable' } })
      await reencryptAll(store)
      expect(right(await store.operation('b')())).toBeUndefined()
    })

    it('bind a text to its row and to the version of the row', async () => {
      await once(k1, 'a', 'b')
      const store = await open(k1)
      const [old] = await ledger.run(`select snapshot from paymux_objects where id = 'p-a'`)
      const change: Write = {
        write: 'object',
        object: { ...payment('p-a'), version: 2 },
        version: 1,
        refreshRequestsSeen: 0,
      }
      expect(right(await store.commit([change])())).toEqual({ done: true })
      await ledger.run(`update paymux_objects set snapshot = '${String(old?.snapshot)}' where id in ('p-a', 'p-b')`)
      for (const id of ['p-a', 'p-b'])
        expect(await store.object(payment(id))()).toMatchObject({ left: { code: 'ERR_DECRYPT' } })
    })

    it("keep the key of the fingerprints in no readable form, and make the ledger's fingerprints its own", async () => {
      const fingerprint = await once(k1)
      expect(await once(keysOf('k2', { k1: 1, k2: 2 }))).toBe(fingerprint)
      const [row] = await ledger.run('select fingerprint_key from paymux_ledger')
      expect(String(row?.fingerprint_key)).toMatch(/^v1\.k2\./)
      const other = await create()
      const store = right(await other.open(k1)())
      expect(store.fingerprint('intent')).not.toBe(fingerprint)
      await store.close()
    })

    it('take part in the work of several processes', async () => {
      await once(noEncryption, 'a', 'b', 'c')
      const migrating = keysOf('k1', { k1: 1 }, true)
      const both = [await open(migrating), await open(migrating)]
      await Promise.all(both.map(reencryptAll))
      expect(await prefixes()).toEqual(new Set(['v1.k1']))
      for (const store of both)
        expect(right(await store.operation('c')())).toMatchObject({ operation: { id: operation('c').id } })
    })
  })
}
