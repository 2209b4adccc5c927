import { ownPostgres, type PostgresServer } from '../postgres/server.js'
import { type Effort, eachOf, type Prove } from './proof.js'
import { duplicates } from './workers/gateways.js'
import { type PostgresLedger, postgresLedger, type SqliteLedger, sqliteLedger } from './workers/ledgers.js'
import type { Faults } from './workers/lives.js'
import { bundle, type Program } from './workers/process.js'
import { playRound, type RoundResult } from './workers/round.js'

/** Kills over all rounds on a store, and in one round: a round has a ledger and gateways of its own. */
interface Share {
  readonly kills: number
  readonly inRound: number
  /** In one round, too. */
  readonly faults: Faults
}
const short = {
  sqlite: { kills: 60, inRound: 60, faults: { paused: 1, 'clocks apart': 3, 'file copied': 3 } },
  postgres: { kills: 40, inRound: 40, faults: { paused: 1, 'clocks apart': 3, 'server killed': 2 } },
}
const long = {
  sqlite: { kills: 600, inRound: 100, faults: { paused: 1, 'clocks apart': 2, 'file copied': 2 } },
  postgres: { kills: 400, inRound: 100, faults: { paused: 1, 'clocks apart': 2, 'server killed': 1 } },
}

/** What has to have been injected: of each of these at least one. */
const injected = [
  'pauses longer than the lease',
  'pairs of processes whose clocks are 10 minutes apart',
  'PostgreSQL servers killed',
  'SQLite files that lost their -wal so',
  ...duplicates,
] as const

type Counts = Record<string, number>

const add = (sum: Counts, more: Readonly<Counts>): void => {
  for (const [name, count] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + count
}

const LISTED = 5

const problemsOf = ({ findings, stories }: RoundResult): readonly string[] => {
  const wrong = Object.entries(findings).filter(([, keys]) => keys.length > 0)
  const lines = wrong.map(([sort, keys]) => `WRONG ${sort}: ${keys.slice(0, LISTED).join(', ')}`)
  return [...lines, ...stories]
}

interface Rounds {
  readonly share: Share
  readonly program: Program
  readonly open: () => Promise<SqliteLedger | PostgresLedger>
  /** Tells the stores' rounds apart. */
  readonly seed: number
}

const playOne = async ({ share, program, open, seed }: Rounds, done: number, counts: Counts, { print }: Effort) => {
  const ledger = await open()
  const began = performance.now()
  try {
    const kills = Math.min(share.inRound, share.kills - done)
    const result = await playRound({ program, ledger, seed: seed + done, kills, faults: share.faults })
    add(counts, result.counted)
    for (const [sort, keys] of Object.entries(result.findings)) add(counts, { [sort]: keys.length })
    const seconds = Math.round((performance.now() - began) / 1000)
    print(`${ledger.name}: ${done + kills} of ${share.kills} kills, ${seconds} s, seed ${seed + done}`)
    const problems = problemsOf(result)
    for (const problem of problems) print(`  ${problem}`)
    return problems.length === 0
  } finally {
    await ledger.remove()
  }
}

// A round waits more than it works: for processes to begin, and for the disk.
const ROUNDS_AT_ONCE = 3

const playAll = async (rounds: Rounds, counts: Counts, effort: Effort): Promise<boolean> => {
  const { kills, inRound } = rounds.share
  const starts = Array.from({ length: Math.ceil(kills / inRound) }, (_, round) => round * inRound)
  const ends: boolean[] = []
  await eachOf(starts, ROUNDS_AT_ONCE, async (done) => {
    ends.push(await playOne(rounds, done, counts, effort))
  })
  return ends.every(Boolean)
}

const startServer = (): PostgresServer => {
  const server = ownPostgres()
  if ('url' in server) return server
  throw new Error(`no PostgreSQL server: ${server.reason}`)
}

/** Opens ledgers on servers of their own, which are killed: as many as there are rounds at once, each for one round after the other. */
const openOnServers = ({ kills, inRound }: Share): (() => Promise<PostgresLedger>) => {
  const rounds = Math.ceil(kills / inRound)
  const idle = Array.from({ length: Math.min(rounds, ROUNDS_AT_ONCE) }, startServer)
  return async () => {
    const server = idle.pop()
    if (server === undefined) throw new Error('more rounds at once than servers')
    const ledger = await postgresLedger(server)
    return {
      ...ledger,
      remove: async () => {
        await ledger.remove()
        idle.push(server)
      },
    }
  }
}

const withProgram = async <A>(use: (program: Program) => Promise<A>): Promise<A> => {
  const program = await bundle()
  try {
    return await use(program)
  } finally {
    program.remove()
  }
}

const CONTROL_KILLS = 10
const CONTROL_ROUNDS = 10

/** Whether the auditor sees a bug that it has to see: what is sent once more after a crash is sent under another key. */
export const seesTheBug = ({ seed, print }: Effort): Promise<boolean> =>
  withProgram(async (program) => {
    for (let round = 1; round <= CONTROL_ROUNDS; round += 1) {
      const ledger = await sqliteLedger()
      try {
        const { findings } = await playRound({
          program,
          ledger,
          seed: seed + round,
          kills: CONTROL_KILLS,
          newKeyOnRecovery: true,
        })
        const doubles = findings['executed twice']?.length ?? 0
        if (doubles > 0) {
          print(
            `negative control, a new key after a crash: ${doubles} executed twice in ${round * CONTROL_KILLS} kills`,
          )
          return true
        }
      } finally {
        await ledger.remove()
      }
    }
    return false
  })

/**
 * SIGKILL at random moments under 16 concurrent callers and recovery, while about 15 in 100 exchanges are spoiled. Besides,
 * processes are paused for longer than a lease, work on one ledger with clocks 10 minutes apart, lose their database server, and copy
 * their SQLite file. Audited against the gateways' own execution logs.
 */
export const run: Prove = async (effort) => {
  const shares = effort.long ? long : short
  const counted: Counts = {}
  const openPostgres = openOnServers(shares.postgres)
  const base = effort.seed * 10_000
  const passed = await withProgram(async (program) => {
    const both = [
      { share: shares.sqlite, program, open: sqliteLedger, seed: base },
      { share: shares.postgres, program, open: openPostgres, seed: base + 5_000 },
    ]
    // The program is theirs until both are over.
    const ended = await Promise.allSettled(both.map((rounds) => playAll(rounds, counted, effort)))
    for (const one of ended) if (one.status === 'rejected') throw one.reason
    return ended.every((one) => one.status === 'fulfilled' && one.value)
  })
  const missing = injected.filter((kind) => (counted[kind] ?? 0) === 0)
  for (const kind of missing) effort.print(`never injected: ${kind}`)
  const isControlled = !effort.long || (await seesTheBug(effort))
  return { name: 'kill loop', counted, passed: passed && isControlled && (missing.length === 0 || !effort.long) }
}
