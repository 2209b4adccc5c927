import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Runner } from 'graphile-worker'
import type { Client } from 'pg'
import type { Job, Store, Work } from '../../src/ledger/index.js'
import { loadDrivers } from '../../src/ledger/stores/postgres/driver.js'
import { workOn } from '../../src/ledger/stores/postgres/work.js'
import { succeed } from '../either.js'
import { eventually } from '../eventually.js'
import { createDatabase, describeWithPostgres, dropDatabase } from '../postgres/server.js'
import { connect, ofStores, open } from './postgres-open.js'
import { claiming, event, LONG_MS, operation } from './records.js'

describeWithPostgres('background work on PostgreSQL', (server) => {
  let url: string
  let admin: Client
  let store: Store
  let works: Work[]
  beforeEach(async () => {
    url = await createDatabase(server)
    store = await open(url)
    admin = await connect(url)
    works = []
  })
  afterEach(async () => {
    await Promise.all(works.map((work) => work.stop()))
    await Promise.all([store.close(), admin.end()])
    await dropDatabase(server, url)
  })

  const queued = async (): Promise<readonly { due: number; payload: unknown }[]> =>
    (
      await admin.query(
        `SELECT extract(epoch FROM run_at) * 1000 AS due, payload FROM paymux_worker._private_jobs WHERE key IS NOT NULL ORDER BY run_at`,
      )
    ).rows.map(({ due, payload }) => ({ due: Number(due), payload }))

  const workWith = (handle: (job: Job) => Promise<void>, on = store): void => {
    works.push(on.work(handle, 4))
  }

  const subjectOf = (job: Job): string => (job.job === 'events' ? job.subject : job.job)

  it('queues what a commit makes due in that commit, and nothing of one whose guard does not hold', async () => {
    await succeed(store.commit(claiming('a')))
    const writes = [
      { write: 'event', event: event('payment:main:p1', 1) },
      ...claiming('b', { nextPollAt: 1 }),
    ] as const
    expect(await succeed(store.commit([...writes, ...claiming('c', { idempotencyKey: 'key-a' })]))).toMatchObject({
      done: false,
    })
    expect(await queued()).toEqual([])
    await succeed(store.commit(writes))
    expect((await queued()).map(({ payload }) => payload)).toEqual([
      { job: 'events', subject: 'payment:main:p1' },
      { job: 'operation', id: 'b' },
    ])
  })

  it('queues an operation for the end of its lease, for its time once the lease is back, and not once it is over', async () => {
    const now = await succeed(store.now())
    await succeed(store.commit(claiming('a', { nextPollAt: 1 }, 40_000)))
    const later = await succeed(store.now())
    const [leased] = await queued()
    expect(leased?.due).toBeGreaterThanOrEqual(now + 40_000)
    expect(leased?.due).toBeLessThanOrEqual(later + 40_000)
    const waiting = operation('a', { nextPollAt: now + 20_000 })
    await succeed(store.commit([{ write: 'operation', operation: waiting, from: 'prepared', keepLease: false }]))
    expect(await queued()).toEqual([{ due: now + 20_000, payload: { job: 'operation', id: 'a' } }])
    const over = operation('a', { state: 'canceled' })
    await succeed(store.commit([{ write: 'operation', operation: over, from: 'prepared', keepLease: false }]))
    expect(await queued()).toEqual([])
  })

  it('brings a poll forward when it is requested, and never puts it off', async () => {
    const dispatched = operation('a', { state: 'dispatched', nextPollAt: 8_000_000_000 })
    await succeed(store.commit(claiming('a', {}, -1)))
    await succeed(store.commit([{ write: 'operation', operation: dispatched, from: 'prepared', keepLease: false }]))
    const requestPoll = (at: number) => ({ write: 'request_poll', id: 'a', at }) as const
    await succeed(store.commit([requestPoll(7_000_000_000)]))
    await succeed(store.commit([requestPoll(9_000_000_000)]))
    expect((await queued()).map(({ due }) => due)).toEqual([7_000_000_000])
  })

  it('hands out a job when it is due and not before', async () => {
    const due = (await succeed(store.now())) + 400
    await succeed(store.commit(claiming('a', { nextPollAt: due }, -1)))
    const at = await new Promise<number>((resolve) => {
      workWith(async () => resolve(await succeed(store.now())))
    })
    expect(at).toBeGreaterThanOrEqual(due)
  })

  it('hands out again what a handler left due, and what came while it ran', async () => {
    await succeed(store.commit([{ write: 'event', event: event('s', 1) }]))
    const sequences: number[] = []
    await new Promise<void>((resolve) => {
      workWith(async () => {
        const [first] = await succeed(store.dueEvents('s', 1))
        if (first === undefined) return
        sequences.push(first.sequence)
        if (sequences.length === 1) await succeed(store.commit([{ write: 'event', event: event('s', 2) }]))
        else await succeed(store.commit([{ write: 'delivered', id: first.id }]))
        if (first.sequence === 2) resolve()
      })
    })
    expect(sequences).toEqual([1, 1, 2])
  })

  it('ends quietly where a job is not due any more', async () => {
    await succeed(store.commit([{ write: 'event', event: event('gone', 1) }]))
    await succeed(store.commit([{ write: 'delivered', id: 'gone#1' }]))
    await succeed(store.commit([{ write: 'event', event: event('here', 1) }]))
    const subjects: string[] = []
    workWith(async (job) => {
      subjects.push(subjectOf(job))
      await succeed(store.commit([{ write: 'delivered', id: 'here#1' }]))
    })
    await eventually(async () => (await queued()).length === 0)
    expect(subjects).toEqual(['here'])
  })

  const workerProcess = async (mode: 'deliver' | 'hang', lines: string[]): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'postgres-worker.ts'), url, mode], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const output = createInterface(child.stdout)
    await once(output, 'line')
    output.on('line', (line) => lines.push(line))
    return child
  }

  it('shares the work of two processes: each job is done once', async () => {
    const lines: string[] = []
    const children = await Promise.all([workerProcess('deliver', lines), workerProcess('deliver', lines)])
    const subjects = Array.from({ length: 40 }, (_, n) => `subject-${n}`)
    await Promise.all(subjects.map((subject) => succeed(store.commit([{ write: 'event', event: event(subject, 1) }]))))
    await eventually(() => lines.length >= subjects.length)
    const codes = children.map(async (child) => {
      child.stdin?.end()
      return (await once(child, 'exit'))[0]
    })
    expect(await Promise.all(codes)).toEqual([0, 0])
    expect(lines.toSorted()).toEqual(subjects.toSorted())
  })

  it('gives the job of a worker that was killed to another within 35 seconds', async () => {
    await succeed(store.commit([{ write: 'event', event: event('left', 1) }]))
    const lines: string[] = []
    const child = await workerProcess('hang', lines)
    await eventually(() => lines.length === 1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const killedAt = await succeed(store.now())
    const subjects: string[] = []
    const first = new Promise<number>((resolve) => {
      workWith(async (job) => {
        subjects.push(subjectOf(job))
        resolve(await succeed(store.now()))
        await succeed(store.commit([{ write: 'delivered', id: 'left#1' }]))
      })
    })
    await admin.query('select paymux_sweep()')
    expect(subjects).toEqual([])
    expect((await first) - killedAt).toBeLessThanOrEqual(35_000)
    expect(subjects).toEqual(['left'])
  })

  it('keeps the job of a worker that lives, for as long as it takes', async () => {
    await succeed(store.commit([{ write: 'event', event: event('slow', 1) }]))
    const until = async () =>
      Number((await admin.query<{ until: string }>('select until from paymux_acquired_jobs')).rows[0]?.until ?? 0)
    let finish = () => {}
    const begun = new Promise<void>((resolve) => {
      workWith(() => {
        resolve()
        return new Promise((end) => {
          finish = end
        })
      })
    })
    await begun
    const first = await until()
    await eventually(async () => (await until()) > first)
    finish()
    await eventually(async () => (await until()) === 0)
  })

  it('goes on where the queue gave up and never tells so by its promise', async () => {
    const drivers = await succeed(loadDrivers)
    const runners: Runner[] = []
    const run: typeof drivers.worker.run = async (options) => {
      const runner = await drivers.worker.run(options)
      runners.push(runner)
      return { ...runner, promise: new Promise(() => {}) }
    }
    const subjects: string[] = []
    const work = workOn(
      { ...drivers, worker: { ...drivers.worker, run } },
      url,
      async (job) => {
        await succeed(store.commit([{ write: 'delivered', id: `${subjectOf(job)}#1` }]))
        subjects.push(subjectOf(job))
      },
      4,
    )
    await eventually(() => runners.length === 1)
    await runners[0]?.stop()
    await succeed(store.commit([{ write: 'event', event: event('later', 1) }]))
    await eventually(() => subjects.includes('later'))
    await work.stop()
    expect(runners).toHaveLength(2)
  })

  it('prints nothing where the server ends what the queue asks, while it works and while it stops', async () => {
    const methods = ['log', 'info', 'warn', 'error', 'trace', 'debug'] as const
    const spies = [
      ...methods.map((method) => jest.spyOn(console, method).mockImplementation(() => {})),
      jest.spyOn(process.stderr, 'write').mockImplementation(() => true),
      jest.spyOn(process.stdout, 'write').mockImplementation(() => true),
    ]
    await succeed(store.commit([{ write: 'event', event: event('s', 1) }]))
    let finish = (): void => {}
    const isRunning = new Promise<void>((begun) => {
      workWith(async () => {
        begun()
        await new Promise<void>((resolve) => {
          finish = resolve
        })
      })
    })
    await isRunning
    await admin.query('begin; lock table paymux_worker._private_jobs in access exclusive mode')
    const other = await connect(url)
    const waiting = `pid in (select pid from pg_locks where not granted) and ${ofStores}`
    const terminateWaiting = async (): Promise<boolean> => {
      const { rowCount } = await other.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${waiting}`)
      return rowCount !== 0
    }
    // A look for a job and then the end of one, while it works.
    await eventually(terminateWaiting)
    finish()
    await eventually(terminateWaiting)
    const askedAgain = async () => (await other.query(`select 1 from pg_stat_activity where ${waiting}`)).rowCount !== 0
    await eventually(askedAgain)
    let isStopped = false
    const stopped = Promise.all(works.splice(0).map((work) => work.stop())).then(() => {
      isStopped = true
    })
    while (!isStopped) {
      await terminateWaiting()
      await new Promise((resolve) => setImmediate(resolve))
    }
    await stopped
    const printed = spies.flatMap((spy) => spy.mock.calls)
    jest.restoreAllMocks()
    await admin.query('rollback')
    await other.end()
    expect(printed).toEqual([])
  })

  it('takes no new job when it is stopped, and waits for the one that runs', async () => {
    await succeed(store.commit([{ write: 'event', event: event('slow', 1) }]))
    let finish = (): void => {}
    let isDone = false
    await new Promise<void>((begun) => {
      workWith(async () => {
        begun()
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        isDone = true
      })
    })
    const stopped = Promise.all(works.map((work) => work.stop()))
    await succeed(store.commit([{ write: 'event', event: event('late', 1) }]))
    finish()
    await stopped
    expect(isDone).toBe(true)
    expect((await queued()).map(({ payload }) => payload)).toContainEqual({ job: 'events', subject: 'late' })
  })

  it('hands one job to one of two pools, however many were queued for it', async () => {
    const other = await open(url)
    let running = 0
    let most = 0
    let runs = 0
    let due = 1_000
    const handle = async (): Promise<void> => {
      running += 1
      most = Math.max(most, running)
      // Each is queued once more while it runs.
      due -= 1
      await succeed(store.commit([{ write: 'request_poll', id: 'a', at: due }]))
      await admin.query('SELECT paymux_sweep()')
      await new Promise((resolve) => setTimeout(resolve, 300))
      running -= 1
      runs += 1
    }
    const dispatched = operation('a', { state: 'dispatched', nextPollAt: due })
    await succeed(store.commit(claiming('a', {}, -1)))
    await succeed(store.commit([{ write: 'operation', operation: dispatched, from: 'prepared', keepLease: false }]))
    workWith(handle)
    workWith(handle, other)
    await eventually(() => runs >= 4)
    await Promise.all(works.map((work) => work.stop()))
    await other.close()
    expect(most).toBe(1)
  })

  it('leases are counted by the database, for every pool alike', async () => {
    const other = await open(url)
    await succeed(store.commit(claiming('a', {}, LONG_MS)))
    const [before, between, after] = [
      await succeed(store.now()),
      await succeed(other.now()),
      await succeed(store.now()),
    ]
    expect([before, between, after].toSorted((a, b) => a - b)).toEqual([before, between, after])
    expect(await succeed(other.commit([{ write: 'acquire_lease', id: 'a', fence: 1, leaseMs: 1 }]))).toMatchObject({
      done: false,
    })
    await other.close()
  })
})
