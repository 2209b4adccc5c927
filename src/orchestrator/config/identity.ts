import { invalidConfig, type PaymentError } from '../../core/index.js'

/** What tells one account from another: adapter, hosts, mode, public keys, project. Never a secret. */
export type Identity = Readonly<Record<string, string>>

/** Whether two accounts are one. */
export const sameIdentity = (a: Identity, b: Identity): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, value]) => Object.hasOwn(b, name) && b[name] === value)

/**
 * Another merchant's account came under a name that the ledger knows. The same name would lead reads and refunds of
 * recorded payments to the wrong place.
 */
export const anotherIdentity = (account: string): PaymentError =>
  invalidConfig([
    {
      path: `accounts.${account}`,
      expected: 'the account that the ledger knows by this name; another account takes another name',
    },
  ])
