import { type Launched, launch } from '../launch.js'
import type { Usage } from './serve.js'

// BENCH_PROFILE=folder leaves a CPU profile of every process there.
const profiling = process.env.BENCH_PROFILE ? ['--cpu-prof', '--cpu-prof-dir', process.env.BENCH_PROFILE] : []

/** A running subject, as far as its use of the machine goes. */
export interface Usable {
  readonly usage: () => Promise<Usage>
  readonly stop: () => void
}

/** A running subject. */
export interface Subject<Hello, Work extends object, Answer> extends Usable {
  readonly hello: Hello
  readonly ask: (work: Work) => Promise<Answer>
}

/** Starts one of the processes in `subjects`. */
export const startSubject = async <Hello, Work extends object = never, Answer = never>(
  name: string,
  settings: object = {},
  flags: readonly string[] = [],
): Promise<Subject<Hello, Work, Answer>> => {
  const { hello, ask, stop }: Launched<Hello, object, unknown> = await launch(
    new URL(`./subjects/${name}.ts`, import.meta.url),
    [...profiling, ...flags],
    [JSON.stringify(settings)],
  )
  return {
    hello,
    ask: async (work) => (await ask(work)) as Answer,
    usage: async () => (await ask({ usage: true })) as Usage,
    stop,
  }
}

/** What a subject used and did while something was done. */
export const using = async <A>(
  { usage }: Pick<Usable, 'usage'>,
  work: () => Promise<A>,
): Promise<{ readonly done: A; readonly used: Usage }> => {
  const before = await usage()
  const done = await work()
  const after = await usage()
  return {
    done,
    used: {
      cpu: after.cpu - before.cpu,
      commits: after.commits - before.commits,
      flushes: after.flushes - before.flushes,
    },
  }
}
