import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Paymux, PaymuxEvent, Subscriber } from '../../paymux/promises.js'
import { usageError } from '../exit.js'
import { type Invocation, type Run, withLedger } from '../open.js'
import type { Output } from '../output.js'
import { readCount } from '../pages.js'

interface WorkerOptions {
  readonly subscribers?: string | false
  readonly once?: boolean
  readonly maxSeconds?: string
}

/** Does a bounded piece of the work, and says what it was. */
const workOnce = async (ledger: Paymux, { maxSeconds }: WorkerOptions, output: Output): Promise<undefined> => {
  const report = await ledger.tick(
    maxSeconds === undefined ? {} : { maxMs: readCount('--max-seconds', maxSeconds, 900) * 1000 },
  )
  const { did, more, deferred } = report
  if (output.isForPeople) {
    const done = Object.entries(did).map(([what, count]) => `${count} ${what}`)
    output.line(done.join(', '))
    if (more) output.note('More is due: run it again.')
    if (deferred > 0) output.note(`${deferred} operations need more time to be sent: give --max-seconds 70.`)
  } else output.json(report)
  return undefined
}

const isSubscriber = (value: unknown): value is Subscriber => typeof value === 'function'

/** The subscribers of a module: each function that it exports, by its name. */
const subscribersOf = async ({
  host,
  options,
}: Invocation<WorkerOptions>): Promise<readonly (readonly [string, Subscriber])[]> => {
  const { subscribers } = options
  if (subscribers === false) return []
  if (subscribers === undefined)
    throw usageError(
      'Say who takes the events that the worker finds.',
      'Give --subscribers FILE, a module that exports them by name; or --no-subscribers, and events wait for up to an hour for a process that has some.',
    )
  const file = resolve(host.cwd, subscribers)
  await access(file).catch(() => {
    throw usageError(`There is no module at ${file}.`, 'Give --subscribers FILE.')
  })
  const found: object = await import(pathToFileURL(file).href)
  const exported = Object.entries(found).filter((entry): entry is [string, Subscriber] => isSubscriber(entry[1]))
  if (exported.length === 0) throw usageError('The module of --subscribers exports no function.')
  return exported
}

/** `paymux worker`: recovery, reads and events in the background, until it is stopped. */
export const run: Run<WorkerOptions> = async (invocation) => {
  const { host, options, output } = invocation
  if (options.maxSeconds !== undefined && options.once !== true) throw usageError('--max-seconds belongs to --once.')
  const subscribers = await subscribersOf(invocation)
  return withLedger(invocation, false, async (ledger) => {
    for (const [name, subscriber] of subscribers)
      await ledger.subscribe(name, async (event: PaymuxEvent) => {
        await subscriber(event)
        if (options.jsonl === true) output.json(event)
        else output.line(`${new Date(event.at).toISOString()}\t${event.type}\t${event.subject}`)
      })
    if (options.once === true) return workOnce(ledger, options, output)
    const stopped = host.untilStopped()
    await ledger.start()
    output.note('working; stop it with SIGTERM or SIGINT')
    const signal = await stopped
    output.note(`${signal}: finishing what runs`)
    return undefined
  })
}
