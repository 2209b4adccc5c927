import { invalidConfig, type PaymentError } from '../../core/index.js'

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
