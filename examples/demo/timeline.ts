import { type Money, toDecimal } from 'paymux'

/** Prints what happens at one account, a line each. */
export interface Timeline {
  readonly add: (what: string, status: string, amount: Money | undefined, note: string) => void
  readonly note: (text: string) => void
}

/** A timeline that writes to standard output. */
export const timelineOf = (account: string, print: (line: string) => void): Timeline => {
  const line = (what: string, status: string, amount: string, note: string) =>
    print(`  ${account.padEnd(8)} ${what.padEnd(8)} ${status.padEnd(16)} ${amount.padStart(12)}  ${note}`)
  return {
    add: (what, status, amount, note) =>
      line(what, status, amount === undefined ? '' : `${toDecimal(amount)} ${amount.currency}`, note),
    note: (text) => line('', '', '', text),
  }
}
