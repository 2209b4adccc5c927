import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { noEncryption } from '../../src/ledger/encryption.js'
import type { Store } from '../../src/ledger/index.js'
import { loadDriver } from '../../src/ledger/stores/sqlite/driver.js'
import { openSqlite } from '../../src/ledger/stores/sqlite/index.js'
import { right } from '../either.js'
import { event } from './records.js'

interface Worker {
  readonly process: ChildProcessByStdio<Writable, Readable, null>
  readonly lines: Interface
  readonly said: string[]
  readonly ended: Promise<unknown>
}

const startWorker = (...args: readonly string[]): Worker => {
  const script = join(__dirname, 'worker-process.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)
  const said: string[] = []
  lines.on('line', (line) => said.push(line))
  return { process: child, lines, said, ended: Promise.all([once(child, 'exit'), once(lines, 'close')]) }
}

/** Waits until workers have said so many lines together. */
const haveSaid = (count: number, ...workers: readonly Worker[]): Promise<void> =>
  new Promise((resolve) => {
    const check = () => {
      if (workers.reduce((sum, { said }) => sum + said.length, 0) >= count) resolve()
    }
    for (const { lines } of workers) lines.on('line', check)
    check()
  })

describe('SQLite in a file', () => {
  let folder: string
  let file: string
  const workers: Worker[] = []

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paymux-processes-'))
    file = join(folder, 'ledger.db')
  })
  afterEach(async () => {
    for (const worker of workers) worker.process.kill('SIGKILL')
    await Promise.all(workers.splice(0).map(({ ended }) => ended))
    rmSync(folder, { recursive: true })
  })

  const start = (...args: readonly string[]): Worker => {
    const worker = startWorker(...args)
    workers.push(worker)
    return worker
  }
  const open = async (): Promise<Store> => right(await openSqlite({ file, encryption: noEncryption })())

  it('keeps every commit that was acknowledged before the process was killed', async () => {
    for (const name of ['first', 'second']) {
      const worker = start('claim', file, name, '0')
      await haveSaid(name === 'first' ? 200 : 1, worker)
      worker.process.kill('SIGKILL')
      await worker.ended
    }
    const acknowledged = workers.flatMap(({ said }) => said).filter((line) => line !== 'open')
    expect(acknowledged.length).toBeGreaterThanOrEqual(199)
    const store = await open()
    for (const id of acknowledged) expect(right(await store.operation(id)())).toMatchObject({ operation: { id } })
    await store.close()
    const driver = right(await loadDriver()())(file)
    expect(driver.prepare('pragma integrity_check').all([])).toEqual([{ integrity_check: 'ok' }])
    driver.close()
  })

  it('lets two processes write, and one of them claim each key', async () => {
    const both = [start('claim', file, 'first', '400'), start('claim', file, 'second', '400')]
    await Promise.all(both.map(({ ended }) => ended))
    const committed = both.flatMap(({ said }) => said).filter((line) => line !== 'open')
    expect(committed).not.toContain('failed')
    const keys = committed.map((id) => Number(id.split('-')[1])).sort((a, b) => a - b)
    expect(keys).toEqual(Array.from({ length: 400 }, (_, key) => key))
  })

  it('hands each job to one of two processes', async () => {
    const store = await open()
    const both = [start('deliver', file), start('deliver', file)]
    await haveSaid(2, ...both)
    const subjects = Array.from({ length: 60 }, (_, n) => `s${String(n).padStart(2, '0')}`)
    for (const subject of subjects) right(await store.commit([{ write: 'event', event: event(subject, 1) }])())
    await haveSaid(62, ...both)
    for (const { process: child } of both) child.stdin.write('stop\n')
    await Promise.all(both.map(({ ended }) => ended))
    await store.close()
    const handed = both.flatMap(({ said }) => said).filter((line) => line !== 'open')
    expect(handed.sort()).toEqual(subjects)
  })
})
