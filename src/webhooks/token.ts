import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const sha256 = (text: string) => createHash('sha256').update(text)

/** SHA-256 of a token, hexadecimal: what the ledger keeps of it. */
export const hashOfToken = (token: string): string => sha256(token).digest('hex')

/** The token of an account, for gateways that take one address for everything: always the same under one secret. */
export const accountToken = (secret: string, account: string): string =>
  createHmac('sha256', secret).update(account).digest('base64url')

/** A token for one attempt: 128 random bits. */
export const attemptToken = (): string => randomBytes(16).toString('base64url')

/** Whether two texts are the same. Takes the same time wherever they differ. */
export const isSameToken = (given: string, token: string): boolean =>
  timingSafeEqual(sha256(given).digest(), sha256(token).digest())

/** Tokens of accounts have 43 characters, those of attempts 22. */
export const isAttemptToken = (token: string): boolean => token.length === 22
