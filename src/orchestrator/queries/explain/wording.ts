import { HOUR } from '../../../core/index.js'

/** How a story writes accounts and times. */
export interface Wording {
  /** The account with its gateway: `europe (Acme)`. */
  readonly account: (account: string) => string
  /** The gateway, as the one who acts: `Acme`. With the account if the story has two of its accounts. */
  readonly gateway: (account: string) => string
  /** A time with its date: `27 November 2026, 09:14:07`. */
  readonly date: (at: number) => string
  /** A time without its date if it is on the same day as `near`, and at most an hour from it. */
  readonly time: (at: number, near: number) => string
}

/** The reader of a story. */
export interface Reader {
  /** An IANA time zone. */
  readonly timeZone: string
  /** The name of the gateway of an account. `undefined`: the configuration does not have the account. */
  readonly gateway: (account: string) => string | undefined
}

/** The words of a story about these accounts, for a reader. */
export const createWording = ({ timeZone, gateway }: Reader, accounts: readonly string[]): Wording => {
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'long' })
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' })
  const date = (at: number): string => `${day.format(at)}, ${clock.format(at)}`
  const named = (account: string): string => {
    const name = gateway(account)
    return name === undefined ? account : `${account} (${name})`
  }
  const isAlone = (account: string): boolean =>
    accounts.every((other) => other === account || gateway(other) !== gateway(account))
  return {
    account: named,
    gateway: (account) => (isAlone(account) ? (gateway(account) ?? account) : named(account)),
    date,
    time: (at, near) =>
      Math.abs(at - near) <= HOUR && day.format(at) === day.format(near) ? clock.format(at) : date(at),
  }
}
