import { counted, startCounting } from './commit-counts.js'

/** What a subject has used and done since it started: microseconds of the processor, user and system, all threads. */
export interface Usage {
  readonly cpu: number
  readonly commits: number
  readonly flushes: number
}

/** What a subject is asked: for its own work, or for its {@link Usage}. */
export type Question<Work extends object> = Work | { readonly usage: true }

const usage = (): Usage => {
  const { user, system } = process.cpuUsage()
  return { cpu: user + system, ...counted }
}

/** The settings that a subject was started with. */
export const settings = <Settings>(): Settings => JSON.parse(process.argv[2] ?? '{}')

/** The whole of a subject's process: says hello, answers one question at a time, and ends with its parent. */
export const serve = <Work extends object>(hello: object, work: (task: Work) => Promise<object>): void => {
  process.on('message', async (question: Question<Work>) => {
    process.send?.('usage' in question ? usage() : await work(question))
  })
  process.once('disconnect', () => process.exit())
  process.send?.(hello)
}

startCounting()
