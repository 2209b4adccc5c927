import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { connect } from 'node:tls'
import {
  type Adapter,
  createCall,
  createStatelessProvider,
  isLoopback,
  kinds,
  type PaymentError,
} from '../../core/index.js'
import type { ObjectSummary } from '../../ledger/index.js'
import type { Configuration } from '../../orchestrator/index.js'
import type { HealthReport, queries } from '../../paymux/promises.js'
import { accountAddress } from '../../webhooks/index.js'
import { CommandError, exitCodes, isPaymentFailure } from '../exit.js'
import { referenceOf } from '../format.js'
import { type Invocation, openSetup, type Run, withLedger } from '../open.js'
import type { Column } from '../output.js'

interface DoctorOptions {
  readonly account?: string
}

/** What one check found. */
interface Finding {
  readonly check: 'configuration' | 'encryption' | 'store' | 'clock' | 'ledger' | 'account' | 'tls' | 'webhook'
  /** `not_checked` is no finding: the message says why. */
  readonly state: 'ok' | 'finding' | 'not_checked'
  readonly account?: string
  readonly message: string
  /** What to do. */
  readonly advice?: string
}

const columns: readonly Column<Finding>[] = [
  { name: 'state', cell: ({ state }) => state.replace('_', ' ') },
  { name: 'check', cell: ({ check, account }) => (account === undefined ? check : `${check} ${account}`) },
  { name: 'found', cell: ({ message }) => message },
  { name: 'what to do', cell: ({ advice }) => advice },
]

const LIMIT_MS = 10_000
const SKEW_MS = 5_000
const CERTIFICATE_DAYS = 14
const DAY_MS = 86_400_000

const isLocal = (address: string): boolean => isLoopback(new URL(address).hostname)

const aboutConfiguration = ({ encryption, webhooks }: Configuration): readonly Finding[] => [
  { check: 'configuration', state: 'ok', message: 'it can be used' },
  encryption === undefined
    ? {
        check: 'encryption',
        state: 'finding',
        message: 'the ledger keeps names, addresses and bank accounts in plain text',
        advice: 'make a key with `paymux secret encryption`, and configure encryption with migrate',
      }
    : { check: 'encryption', state: 'ok', message: `the key ${encryption.current} encrypts` },
  ...(webhooks === undefined
    ? [
        {
          check: 'webhook',
          state: 'finding',
          message: 'notifications are not taken in: paymux learns of payments by its own reads only, later',
          advice: 'configure webhooks, and enter the addresses of `paymux accounts --reveal` at the gateways',
        } as const,
      ]
    : []),
]

/** What an operator does about a reason of `health`. */
const adviceFor: Readonly<Record<queries.HealthReason['code'], string>> = {
  store_unreachable: 'see the code',
  ledger_moved:
    'use the configuration of the store that it was copied to; go on with a copy that was interrupted, or cancel it',
  ledger_restored:
    'let callers repeat the calls of the lost time with their old keys, and run `paymux reconcile`; see docs/concepts/keeping.md',
  background_failing: 'see the log of the process that works',
  account_unhealthy: 'look at the status page of the gateway',
  account_failing: 'check the credentials and the allowed addresses at the gateway',
  reconciliation_failing: 'run `paymux reconcile`, and read its error',
  reads_late: 'start a process that works (`paymux worker`), or raise readsPerSecond',
  operations_require_resolution: 'run `paymux unresolved`',
  events_late: 'run `paymux events list --undelivered`, and see whether a process works',
  events_unreadable: 'configure the key that they are encrypted with, or run the newer version',
}

/** How far the clock of this machine is ahead of another one, in milliseconds. */
const aboutClock = (whose: string, offset: number, about: Pick<Finding, 'account'> = {}): Finding =>
  Math.abs(offset) > SKEW_MS
    ? {
        check: 'clock',
        state: 'finding',
        ...about,
        message: `this machine is ${offset} ms ahead of ${whose} clock`,
        advice: 'set up NTP: signatures and deadlines suffer',
      }
    : { check: 'clock', state: 'ok', ...about, message: `${offset} ms apart from ${whose}` }

/** By the `Date` of an answer without credentials, which has whole seconds. */
const aboutGatewayClock = async (account: string, apiUrl: string): Promise<readonly Finding[]> => {
  try {
    const asked = Date.now()
    const { headers } = await fetch(apiUrl, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(LIMIT_MS),
    })
    const answeredAt = Date.parse(headers.get('date') ?? '')
    if (Number.isNaN(answeredAt)) return []
    return [aboutClock("its gateway's", Math.round((asked + Date.now()) / 2 - (answeredAt + 500)), { account })]
  } catch {
    // That there is no connection is told by the checks of the account and of TLS.
    return []
  }
}

const aboutHealth = ({ reasons, store }: HealthReport): readonly Finding[] => {
  const offset = store.clockOffsetMs ?? 0
  return [
    { check: 'store', state: 'ok', message: `it answers, with schema ${store.schemaVersion}` },
    aboutClock("the ledger's", offset),
    ...reasons.map(
      ({ code, account }): Finding => ({
        check: 'ledger',
        state: 'finding',
        message: code,
        advice: adviceFor[code],
        ...(account === undefined ? {} : { account }),
      }),
    ),
  ]
}

const failed = (check: Finding['check'], error: PaymentError, account?: string): Finding => ({
  check,
  state: 'finding',
  message: error.message,
  ...(account === undefined ? {} : { account }),
  advice:
    check === 'account'
      ? 'check the credentials, and whether the gateway admits the address of this machine'
      : 'see docs/concepts/keeping.md',
})

/** Whether others can read the file of a ledger. */
const aboutFile = ({ store }: Configuration, cwd: string): readonly Finding[] => {
  if (store.type !== 'sqlite' || store.file === ':memory:') return []
  const stats = statSync(resolve(cwd, store.file), { throwIfNoEntry: false })
  if (stats === undefined || (stats.mode & 0o077) === 0) return []
  return [
    {
      check: 'store',
      state: 'finding',
      message: 'other users of the machine can read the file of the ledger',
      advice: `chmod 600 ${store.file}`,
    },
  ]
}

/** An object of each account, to be read at its gateway: the newest that has an id. */
type Newest = ReadonlyMap<string, ObjectSummary>

interface LedgerFindings {
  readonly findings: readonly Finding[]
  readonly newest: Newest
}

const aboutLedger = async (
  invocation: Invocation<DoctorOptions>,
  configuration: Configuration,
  accounts: readonly string[],
): Promise<LedgerFindings> => {
  const nothing = new Map<string, ObjectSummary>()
  const { store } = configuration
  if (
    store.type === 'sqlite' &&
    statSync(resolve(invocation.host.cwd, store.file), { throwIfNoEntry: false }) === undefined
  )
    return {
      findings: [
        { check: 'store', state: 'not_checked', message: 'there is no ledger yet: the first start creates it' },
      ],
      newest: nothing,
    }
  try {
    return await withLedger(invocation, true, async (ledger) => {
      const newest = new Map(nothing)
      for (const account of accounts) {
        const [object] = (await ledger.list({ account, limit: 1 })).items
        if (object !== undefined) newest.set(account, object)
      }
      return { findings: aboutHealth(await ledger.health()), newest }
    })
  } catch (error) {
    if (!isPaymentFailure(error)) throw error
    return { findings: [failed('store', error.error)], newest: nothing }
  }
}

/** A read that changes nothing and needs the credentials: of a list of the gateway or, if it has none, of what the ledger knows. */
const aboutAccount = async (account: string, adapter: Adapter, newest: Newest): Promise<Finding> => {
  const now = Date.now()
  const kind = kinds.find((one) => adapter.list?.[one] !== undefined)
  const list = kind === undefined ? undefined : adapter.list?.[kind]
  if (kind !== undefined && list !== undefined) {
    const listed = await list({ from: now - 60_000, to: now }, createCall(adapter.send))()
    return listed._tag === 'Left'
      ? failed('account', listed.left, account)
      : { check: 'account', state: 'ok', account, message: `it lists each ${kind} for these credentials` }
  }
  const object = newest.get(account)
  if (object === undefined)
    return {
      check: 'account',
      state: 'not_checked',
      account,
      message: 'its gateway has no list, and the ledger has nothing to read there yet',
    }
  const answer = await createStatelessProvider(adapter).getStatus(referenceOf(object))()
  return answer._tag === 'Left'
    ? failed('account', answer.left, account)
    : { check: 'account', state: 'ok', account, message: `it shows a ${object.kind} for these credentials` }
}

/** When the certificate of a host ends, in milliseconds since the epoch. Rejects if there is no trusted one. */
const certificateEnd = (host: string, port: number): Promise<number> =>
  new Promise((done, fail) => {
    const socket = connect({ host, port, servername: host }, () => {
      done(Date.parse(socket.getPeerCertificate().valid_to))
      socket.end()
    })
    socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error('no answer')))
    socket.on('error', fail)
  })

const aboutTls = async (what: string, address: string): Promise<Finding> => {
  const { hostname, port, protocol } = new URL(address)
  if (protocol !== 'https:')
    return { check: 'tls', state: 'not_checked', message: `${what} is on this machine, without TLS` }
  try {
    const days = Math.floor(((await certificateEnd(hostname, Number(port || 443))) - Date.now()) / DAY_MS)
    return days < CERTIFICATE_DAYS
      ? {
          check: 'tls',
          state: 'finding',
          message: `the certificate of ${hostname} ends in ${days} days`,
          advice: 'renew it',
        }
      : { check: 'tls', state: 'ok', message: `the certificate of ${hostname} holds for ${days} days` }
  } catch (error) {
    const { code } = Object(error)
    return {
      check: 'tls',
      state: 'finding',
      message: `no secure connection to ${hostname} (${typeof code === 'string' ? code : 'no answer'})`,
      advice: 'check DNS, firewall and certificates',
    }
  }
}

const answered = (status: number, account: string): Finding => {
  const about = { check: 'webhook', account } as const
  // Only paymux with this secret knows the address: it answers a GET of it 405, and takes nothing in.
  if (status === 405)
    return {
      ...about,
      state: 'ok',
      message: 'paymux answers at its address. Asked from here; the gateway may be kept out by a firewall',
    }
  if (status === 404)
    return {
      ...about,
      state: 'finding',
      message: 'something answers that does not know its address',
      advice: 'mount the webhook handler at publicUrl, and give that process the same secret',
    }
  return {
    ...about,
    state: 'finding',
    message: `its address answers ${status}`,
    advice: 'start the shop, and let its proxy pass the path of publicUrl on unchanged',
  }
}

const aboutWebhook = async (
  { webhooks }: Configuration,
  account: string,
  isGatewayLocal: boolean,
): Promise<readonly Finding[]> => {
  if (webhooks === undefined) return []
  if (isLocal(webhooks.publicUrl) && !isGatewayLocal)
    return [
      {
        check: 'webhook',
        state: 'finding',
        account,
        message: 'publicUrl is an address of this machine, which the gateway cannot reach',
        advice: 'set webhooks.publicUrl to the public address of the shop',
      },
    ]
  try {
    const answer = await fetch(accountAddress(webhooks, account), {
      redirect: 'manual',
      signal: AbortSignal.timeout(LIMIT_MS),
    })
    await answer.body?.cancel()
    return [answered(answer.status, account)]
  } catch {
    return [
      {
        check: 'webhook',
        state: 'finding',
        account,
        message: 'nothing answers at its address',
        advice: 'start the shop, and check DNS, firewall and proxy of publicUrl',
      },
    ]
  }
}

const isGatewayLocal = ({ identity: { apiUrl } }: Adapter): boolean =>
  apiUrl !== undefined && URL.canParse(apiUrl) && isLocal(apiUrl)

const allFindings = async (invocation: Invocation<DoctorOptions>): Promise<readonly Finding[]> => {
  const { host, options } = invocation
  const { configuration, adapters } = await openSetup(invocation)
  const chosen = [...adapters].filter(([account]) => options.account === undefined || account === options.account)
  if (chosen.length === 0) throw new CommandError(exitCodes.notFound, 'The configuration has no such account.')
  const ledger = await aboutLedger(
    invocation,
    configuration,
    chosen.map(([account]) => account),
  )
  const remote = await Promise.all([
    ...chosen.map(([account, adapter]) => aboutAccount(account, adapter, ledger.newest)),
    ...chosen.flatMap(
      ([
        account,
        {
          identity: { apiUrl },
        },
      ]) => (apiUrl === undefined ? [] : [aboutTls(`the gateway of ${account}`, apiUrl)]),
    ),
    ...(configuration.webhooks === undefined ? [] : [aboutTls('publicUrl', configuration.webhooks.publicUrl)]),
  ])
  const clocks = await Promise.all(
    chosen.map(([account, { identity }]) =>
      identity.apiUrl === undefined ? [] : aboutGatewayClock(account, identity.apiUrl),
    ),
  )
  const webhooks = await Promise.all(
    chosen.map(([account, adapter]) => aboutWebhook(configuration, account, isGatewayLocal(adapter))),
  )
  return [
    ...aboutConfiguration(configuration),
    ...ledger.findings,
    ...aboutFile(configuration, host.cwd),
    ...remote,
    ...clocks.flat(),
    ...webhooks.flat(),
  ]
}

/** `paymux doctor`: whether everything that paymux needs is there, and what to do if it is not. */
export const run: Run<DoctorOptions> = async (invocation) => {
  const { options, output } = invocation
  const progress = output.progress('looking')
  const findings = await allFindings(invocation)
    .catch((error: unknown): readonly Finding[] => {
      const cause = error instanceof CommandError ? error.cause : undefined
      if (!isPaymentFailure(cause) || cause.error._tag !== 'InvalidConfig') throw error
      return cause.error.issues.map(({ path, expected }) => ({
        check: 'configuration',
        state: 'finding',
        message: path,
        advice: `give ${expected}`,
      }))
    })
    .finally(progress.end)
  if (options.json === true) output.json(findings)
  else output.table(columns)(findings)
  return findings.some(({ state }) => state === 'finding') ? exitCodes.findings : exitCodes.done
}
