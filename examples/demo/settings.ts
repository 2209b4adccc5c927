import { readFile } from 'node:fs/promises'
import type { Beneficiary, Urls } from 'paymux'

/** Decimal text in major units. */
export interface Price {
  readonly amount: string
  readonly currency: string
}

/** One account of the shop: who serves it, and what the shop sells and pays there. */
export interface AccountSettings {
  readonly provider: { readonly adapter: string; readonly account: string }
  readonly sale: Price
  readonly refund: Price
  readonly payout: { readonly amount: Price; readonly beneficiary: Beneficiary }
  readonly urls: Urls
}

/** Replaces `${NAME}` by the variable's value. A missing one is named. */
const withVariables = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(/\$\{(\w+)\}/g, (_match, name: string) => {
    const value = variables[name]
    if (value === undefined) throw new Error(`paymux.config.json needs the variable ${name}, which is not set`)
    return JSON.stringify(value).slice(1, -1)
  })

/** Reads the shop's configuration. */
export const readSettings = async (
  file: URL,
  variables: Readonly<Record<string, string>>,
): Promise<readonly AccountSettings[]> => {
  const { accounts }: { accounts: readonly AccountSettings[] } = JSON.parse(
    withVariables(await readFile(file, 'utf8'), variables),
  )
  return accounts
}
