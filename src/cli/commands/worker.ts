import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PaymuxEvent, Subscriber } from '../../paymux/promises.js'
import { usageError } from '../exit.js'
import { type Invocation, type Run, withLedger } from '../open.js'

interface WorkerOptions {
  readonly subscribers?: string | false
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
  const found: object = await import(pathToFileURL(resolve(host.cwd, subscribers)).href)
  const exported = Object.entries(found).filter((entry): entry is [string, Subscriber] => isSubscriber(entry[1]))
  if (exported.length === 0) throw usageError('The module of --subscribers exports no function.')
  return exported
}

/** `paymux worker`: recovery, reads and events in the background, until it is stopped. */
export const run: Run<WorkerOptions> = async (invocation) => {
  const { host, options, output } = invocation
  const subscribers = await subscribersOf(invocation)
  return withLedger(invocation, false, async (ledger) => {
    const stopped = host.untilStopped()
    for (const [name, subscriber] of subscribers)
      await ledger.subscribe(name, async (event: PaymuxEvent) => {
        await subscriber(event)
        if (options.jsonl === true) output.json(event)
        else output.line(`${new Date(event.at).toISOString()}\t${event.type}\t${event.subject}`)
      })
    await ledger.start()
    output.note('working; stop it with SIGTERM or SIGINT')
    const signal = await stopped
    output.note(`${signal}: finishing what runs`)
    return undefined
  })
}
