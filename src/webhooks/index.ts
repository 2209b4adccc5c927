import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { PaymentError, WebhookSettings } from '../core/index.js'
import type { Client } from './admission.js'
import { answering, type Decision, type NotificationDecision, reportDecision } from './answer.js'
import { type Intake, takeIn } from './intake.js'
import type { BodyLimits } from './read-body.js'
import { checkSettings, withoutSlash } from './settings.js'
import { createSlots } from './slots.js'
import { accountToken, attemptToken, hashOfToken } from './token.js'

export type { WebhookSettings } from '../core/index.js'
export type { Client } from './admission.js'
export { answering, type NotificationDecision, type Reason, reportDecision } from './answer.js'
export { toNodeHandler } from './node.js'
export type { BodyLimits } from './read-body.js'

/** What notifications may cost. */
export interface WebhookLimits extends BodyLimits {
  /**
   * How many notifications of one account are taken in at once. Those from unlisted sources have as many slots of their own. The
   * others are answered 503, and the gateways send them again. Default: 128.
   */
  readonly inFlight: number
  /**
   * How many notifications that match nothing one account stores in an hour, over all processes of a ledger. Those from unlisted
   * sources have a quota of their own. The others are answered 503. Default: 1,000.
   */
  readonly unmatchedPerHour: number
  /** How many bytes of such notifications. Default: 1 MiB. */
  readonly unmatchedBytesPerHour: number
}

/** What {@link createWebhooks} is made of. */
export interface WebhookOptions extends Pick<Intake, 'store' | 'adapters'> {
  /** Where notifications come in, and which are admitted. */
  readonly settings: WebhookSettings
  /** Default: those of each limit. */
  readonly limits?: Partial<WebhookLimits>
  /** Called for each request before it is answered. What it throws is dropped. */
  readonly onNotification?: (decision: NotificationDecision) => void
  /** Milliseconds since the epoch. Default: the machine's clock. */
  readonly now?: () => number
}

/** The address of one attempt, for gateways that take one per payment. */
export interface AttemptAddress {
  /** Where the gateway posts notifications about this attempt. */
  readonly url: string
  /** What the ledger keeps to recognise it: SHA-256 of its token, hexadecimal. */
  readonly tokenHash: string
}

/** Takes notifications in. */
export interface Webhooks {
  /**
   * Takes a notification in. 200 means that it is on disk. It changes no status; the object that it points at is read back
   * later. Never rejects. For any framework with fetch-standard requests; {@link toNodeHandler} serves `node:http`, Express and Fastify.
   */
  readonly handle: (request: Request, client: Client) => Promise<Response>
  /** The address to enter at the gateway for this account. Treat it as a secret. */
  readonly address: (account: string) => string
  /** A new address for one attempt of an account: 128 random bits. */
  readonly attemptAddress: (account: string) => AttemptAddress
  /** Answers 503 from now on, and waits for the notifications that are being taken in. */
  readonly stop: () => Promise<void>
}

const defaults: WebhookLimits = {
  bodyBytes: 256 * 1024,
  bodyMs: 10_000,
  inFlight: 128,
  unmatchedPerHour: 1000,
  unmatchedBytesPerHour: 1024 * 1024,
}

const warnOfBodyParser = (): void =>
  process.emitWarning(
    'A notification came with its body already read. Mount the webhook handler before any body parser; until then every notification is answered 500.',
    { code: 'PAYMUX_BODY_TAKEN' },
  )

/** The address to enter at the gateway for an account. A secret. */
export const accountAddress = (
  { publicUrl, secret }: Pick<WebhookSettings, 'publicUrl' | 'secret'>,
  account: string,
): string => `${withoutSlash(publicUrl)}/${account}/${accountToken(secret.reveal(), account)}`

/**
 * Webhooks over a store. Gives `InvalidConfig` for settings that cannot be used: a secret that is missing or short, a
 * public URL that is not one, sources that are enforced and not listed.
 */
export const createWebhooks = (options: WebhookOptions): E.Either<PaymentError, Webhooks> =>
  pipe(
    checkSettings(options.settings, options.adapters),
    E.map((settings) => {
      const { store, adapters, now = Date.now, onNotification = () => undefined } = options
      const limits = { ...defaults, ...options.limits }
      const intake: Intake = {
        store,
        adapters,
        settings,
        limits,
        slots: createSlots(limits.inFlight),
        quota: { entries: limits.unmatchedPerHour, bytes: limits.unmatchedBytesPerHour },
        now,
      }
      const inFlight = new Set<Promise<Decision>>()
      let isStopping = false
      let hasWarned = false

      const refusal = ({ bodyUsed }: Request): Decision | undefined => {
        if (bodyUsed) return { reason: 'body_taken' }
        return isStopping ? { reason: 'stopping' } : undefined
      }
      const decide = (request: Request, client: Client): Promise<Decision> => {
        const decision = takeIn(intake, request, client)().then(E.toUnion)
        inFlight.add(decision)
        return decision.finally(() => inFlight.delete(decision))
      }
      const report = (decision: Decision): void => {
        if (decision.reason === 'body_taken' && !hasWarned) {
          hasWarned = true
          warnOfBodyParser()
        }
        reportDecision(onNotification, decision)
      }

      return {
        handle: (request, client) => answering(async () => refusal(request) ?? (await decide(request, client)), report),
        address: (account) => accountAddress(options.settings, account),
        attemptAddress: (account) => {
          const token = attemptToken()
          return { url: `${settings.publicUrl}/${account}/${token}`, tokenHash: hashOfToken(token) }
        },
        stop: async () => {
          isStopping = true
          await Promise.allSettled(inFlight)
        },
      }
    }),
  )
