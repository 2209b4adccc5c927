import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { PaymentError } from '../core/index.js'
import type { Client } from './admission.js'
import { answerOf, type Handled, type Outcome, statusOf } from './answer.js'
import { type Intake, takeIn } from './intake.js'
import type { BodyLimits } from './read-body.js'
import { checkSettings, type WebhookSettings } from './settings.js'
import { accountToken, attemptToken, hashOfToken } from './token.js'

export type { Client } from './admission.js'
export type { Handled, Reason } from './answer.js'
export { toNodeHandler } from './node.js'
export type { BodyLimits } from './read-body.js'
export type { SourceSettings, WebhookSettings } from './settings.js'

/** What notifications may cost. */
export interface WebhookLimits extends BodyLimits {
  /** How many are taken in at once. 256 unless told; those over it are answered 503, and come again. */
  readonly inFlight: number
}

/** What {@link createWebhooks} is made of. */
export interface WebhookOptions extends Pick<Intake, 'store' | 'adapters'> {
  readonly settings: WebhookSettings
  readonly limits?: Partial<WebhookLimits>
  /** Told of every request, once it is answered. What it throws is dropped. */
  readonly handled?: (handled: Handled) => void
  /** Milliseconds since the epoch. The machine's clock unless told. */
  readonly now?: () => number
}

/** The address of one attempt, for gateways that take one per payment. */
export interface AttemptAddress {
  readonly url: string
  /** What the ledger keeps to know it again: SHA-256 of its token, hexadecimal. */
  readonly tokenHash: string
}

/** The door that notifications come in by. */
export interface Webhooks {
  /**
   * Takes a notification in: 200 means that it is on disk. It changes no state; what it points at is read back later. Never
   * rejects. Framework-neutral; {@link toNodeHandler} serves `node:http`, Express and Fastify.
   */
  readonly handle: (request: Request, client: Client) => Promise<Response>
  /** The address to enter at the gateway for this account. Treat it as a secret. */
  readonly address: (account: string) => string
  /** A new address for one attempt of an account: 128 random bits. */
  readonly attemptAddress: (account: string) => AttemptAddress
  /** Answers 503 from now on, and waits for those being taken in. */
  readonly stop: () => Promise<void>
}

const defaults: WebhookLimits = { bodyBytes: 256 * 1024, bodyMs: 10_000, inFlight: 256 }

const warnOfBodyParser = (): void =>
  process.emitWarning(
    'A notification came with its body already read. Mount the webhook handler before any body parser; until then every notification is answered 500.',
    { code: 'PAYMUX_BODY_TAKEN' },
  )

/**
 * Webhooks over a store. Gives `InvalidConfig` for settings that cannot be used: a secret that is missing or short, an
 * address that is none, sources that are to be enforced and that nobody told.
 */
export const createWebhooks = (options: WebhookOptions): E.Either<PaymentError, Webhooks> =>
  pipe(
    checkSettings(options.settings, options.adapters),
    E.map((settings) => {
      const { store, adapters, now = Date.now, handled = () => undefined } = options
      const limits = { ...defaults, ...options.limits }
      const intake: Intake = { store, adapters, settings, limits, now }
      const inFlight = new Set<Promise<Outcome>>()
      let isStopping = false
      let hasWarned = false

      const refusal = ({ bodyUsed }: Request): Outcome | undefined => {
        if (bodyUsed) return { reason: 'body_taken' }
        if (isStopping) return { reason: 'stopping' }
        return inFlight.size < limits.inFlight ? undefined : { reason: 'overloaded' }
      }
      const outcomeOf = (request: Request, client: Client): Promise<Outcome> => {
        const outcome = takeIn(intake, request, client)().then(E.toUnion)
        inFlight.add(outcome)
        return outcome.finally(() => inFlight.delete(outcome))
      }
      const tell = (outcome: Outcome): void => {
        if (outcome.reason === 'body_taken' && !hasWarned) {
          hasWarned = true
          warnOfBodyParser()
        }
        try {
          handled({ ...outcome, status: statusOf(outcome.reason) })
        } catch {
          // Whoever counts must not cost a notification.
        }
      }

      return {
        handle: async (request, client) => {
          const outcome = refusal(request) ?? (await outcomeOf(request, client))
          tell(outcome)
          return answerOf(outcome.reason)
        },
        address: (account) => `${settings.publicUrl}/${account}/${accountToken(settings.secret, account)}`,
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
