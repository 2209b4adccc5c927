import { type HealthMessage, MINUTE, type Traces } from '../core/index.js'
import { type Attributes, attributesOf, fieldsOfEvent, fieldsOfTransition } from './attributes.js'
import type { Listener } from './listen.js'

/** A logger as pino has it. */
export interface Logger {
  /** Something went wrong that an operator has to look at. */
  readonly error: (fields: object, message: string) => void
  /** Something is not as it should be. */
  readonly warn: (fields: object, message: string) => void
  /** Something changed. */
  readonly info: (fields: object, message: string) => void
  /** Something happened, and nothing changed. */
  readonly debug: (fields: object, message: string) => void
}

type Level = keyof Logger

/** A level, and the sentence of a line. */
type Line = readonly [level: Level, message: string]

/** How many deliveries of one event a subscriber may fail to take before it is an error. */
const TRIES = 10

const lineOfOperation = ({ outcome = 'unknown' }: Traces['operation']): Line => {
  switch (outcome) {
    case 'executed':
      return ['info', 'The operation was executed.']
    case 'declined':
      return ['info', 'The operation was executed, and declined.']
    case 'refused':
      return ['info', 'The gateway refused the operation.']
    case 'not_sent':
      return ['info', 'The operation was not sent.']
    case 'replayed':
      return ['debug', 'The key was used before: the recorded object was given.']
    case 'in_progress':
      return ['info', 'Another worker executes the operation.']
    case 'conflict':
      return ['warn', 'The key was used before, for another request.']
    case 'unknown':
      return ['warn', 'The outcome of the operation is not known.']
  }
}

const lineOfNotification = ({ decision = 'unavailable' }: Traces['notification']): Line => {
  switch (decision) {
    case 'accepted':
      return ['debug', 'A notification was stored.']
    case 'duplicate':
      return ['debug', 'A notification came again.']
    case 'unmatched':
      return ['debug', 'A notification names no object of the ledger, or not yet.']
    case 'rejected_address':
      return ['debug', 'A request did not come to an address of paymux.']
    case 'quarantined':
      return ['warn', 'A notification could not be understood.']
    case 'rejected_source':
      return ['warn', 'A notification from an unlisted source was rejected.']
    case 'rejected_body':
      return ['warn', 'The body of a notification was not taken.']
    case 'over_quota':
      return ['warn', 'A notification that matches nothing was over the quota.']
    case 'unavailable':
      return ['warn', 'A notification was not taken.']
  }
}

const lineOfDelivery = ({ taken, tries }: Traces['delivery']): Line => {
  if (taken === true) return ['debug', 'A subscriber took an event.']
  return [tries + 1 >= TRIES ? 'error' : 'warn', 'A subscriber did not take an event. It comes again.']
}

const lineOfReconciliation = ({ errorType, unreadable = 0 }: Traces['job']): Line => {
  if (errorType !== undefined) return ['warn', 'A list of the gateway could not be compared.']
  return unreadable > 0
    ? ['warn', 'A list of the gateway was compared. Some entries could not be read.']
    : ['info', 'A list of the gateway was compared.']
}

const lineOfJob = (trace: Traces['job']): Line => {
  switch (trace.job) {
    case 'recover':
      return trace.isOpen === false
        ? ['info', 'Recovery finished an operation.']
        : ['debug', 'Recovery did not finish an operation.']
    case 'reconcile':
      return lineOfReconciliation(trace)
    case 'claim_abandoned':
      return [trace.did === 0 ? 'debug' : 'info', 'Notifications were compared with abandoned attempts.']
    case 'deliver_events':
    case 'redeliver_event':
    case 'report_unmatched':
    case 'forget_counts':
      return ['debug', 'Background work was done.']
  }
}

/** Events that say more than the change of a status, by the end of their type. */
const linesOfEvents: Readonly<Record<string, Line>> = {
  'operation.requires_resolution': ['error', 'An operation waits for an operator.'],
  'operation.resolved': ['info', 'An operator resolved an operation.'],
  'account.failing': ['warn', 'No read of the account has succeeded for 15 minutes.'],
  'account.recovered': ['info', 'Reads of the account succeed again.'],
  'notification.unmatched': ['warn', 'Notifications name objects that the ledger does not have.'],
  'reconciliation.missing_in_ledger': ['error', 'The gateway lists an object that the ledger does not have.'],
  alert: ['error', 'An operator should look at an object: what was read contradicts its status.'],
  review: ['error', 'An operator should look at an object.'],
  on_abandoned_attempt: ['error', 'A payment of an abandoned attempt succeeded.'],
  duplicate: ['error', 'Two payments of one order succeeded.'],
  disputed: ['warn', 'An object is disputed.'],
}

const lineOfEvent = (type: string): Line | undefined =>
  [type, type.slice(type.indexOf('.') + 1)].map((name) => ownLine(name)).find((line) => line !== undefined)

const ownLine = (name: string): Line | undefined =>
  Object.hasOwn(linesOfEvents, name) ? linesOfEvents[name] : undefined

const lineOfHealth = ({ status }: HealthMessage): Line => {
  switch (status) {
    case 'ok':
      return ['info', 'paymux is well.']
    case 'degraded':
      return ['warn', 'paymux is degraded: an operator should look.']
    case 'down':
      return ['error', 'paymux is down: its ledger does not answer.']
  }
}

const lifecycle = {
  started: 'paymux started its background work.',
  stopped: 'paymux stopped.',
  reloaded: 'paymux has another configuration.',
} as const

/** Lets one line of a kind through each minute, with the number of those that were held back before it. */
const createThrottle = (now: () => number) => {
  const kinds = new Map<string, { readonly at: number; held: number }>()
  return (kind: string, write: (held: Attributes) => void): void => {
    const last = kinds.get(kind)
    if (last !== undefined && now() - last.at < MINUTE) {
      last.held += 1
      return
    }
    kinds.set(kind, { at: now(), held: 0 })
    write(last === undefined || last.held === 0 ? {} : { 'paymux.held_back': last.held })
  }
}

/**
 * Writes a line for each change, with the attributes of its span as fields. `idsOf` gives the ids of the span of a trace. `now` in
 * milliseconds.
 */
export const createLogLines = (
  logger: Logger,
  idsOf: (trace: object) => Attributes = () => ({}),
  now: () => number = () => performance.now(),
): Listener => {
  const throttled = createThrottle(now)
  let healthBefore = 'ok'

  const write = ([level, message]: Line, fields: Attributes): void => logger[level](fields, message)
  const writeTrace = <Name extends keyof Traces>(
    name: Name,
    trace: Traces[Name],
    line: Line,
    more: Attributes = {},
  ): void => {
    const duration = trace.durationMs === undefined ? {} : { duration_ms: Math.round(trace.durationMs * 1000) / 1000 }
    write(line, { ...attributesOf[name](trace), ...duration, ...idsOf(trace), ...more })
  }

  return {
    end: {
      operation: (trace) => writeTrace('operation', trace, lineOfOperation(trace)),
      exchange: (trace) => writeTrace('exchange', trace, ['debug', 'A request to a gateway ended.']),
      poll: (trace) =>
        writeTrace('poll', trace, [
          'debug',
          trace.errorType === undefined ? 'An object was read.' : 'An object could not be read.',
        ]),
      notification: (trace) => {
        const line = lineOfNotification(trace)
        const isUnlisted = trace.unlistedSource === true && line[0] === 'debug'
        const shown: Line = isUnlisted ? ['warn', 'A notification came from an unlisted source.'] : line
        if (shown[0] === 'debug') writeTrace('notification', trace, shown)
        else throttled(`${trace.account} ${shown[1]}`, (held) => writeTrace('notification', trace, shown, held))
      },
      delivery: (trace) => writeTrace('delivery', trace, lineOfDelivery(trace)),
      commit: (trace) => {
        if (trace.outcome === 'done' || trace.outcome === 'guarded') return
        throttled('commit', (held) => writeTrace('commit', trace, ['error', 'The ledger did not take a commit.'], held))
      },
      job: (trace) => writeTrace('job', trace, lineOfJob(trace)),
    },
    moment: {
      transition: (message) => write(['info', 'A status changed.'], fieldsOfTransition(message)),
      event: (message) => {
        const line = lineOfEvent(message.type)
        if (line !== undefined) write(line, fieldsOfEvent(message))
      },
      health: (message) => {
        const reasons = message.reasons.map(({ code, account }) =>
          account === undefined ? code : `${code} ${account}`,
        )
        const health = [message.status, ...reasons].join(', ')
        if (health === healthBefore) return
        healthBefore = health
        write(lineOfHealth(message), { 'paymux.health': message.status, 'paymux.reasons': reasons.join(', ') })
      },
      lifecycle: ({ what }) => write(['info', lifecycle[what]], {}),
    },
  }
}
