import type { Behaviour } from './behaviour.js'
import type { Credentials, Product } from './credentials.js'
import type { Mode } from './records.js'

export interface Visitor {
  readonly authorization: string | undefined
  readonly address: string | undefined
  readonly product: Product
  /** Whether the request came in under `/apitest`. */
  readonly underTestPath: boolean
}

/** The body of a 401; the gateway's own has no `success`. */
export interface Denial {
  readonly message: string
  readonly success?: false
}

/** Whose keys these are; the mode of an order is that of the keys which created it. */
export type Admission = { readonly mode: Mode } | { readonly denial: Denial }

/** HTTP Basic, the public key as user and the secret key as password, from an address that is allowed. */
export const admit = (
  credentials: Readonly<Record<Mode, Credentials>>,
  { testPath, ipAllowList }: Pick<Behaviour, 'testPath' | 'ipAllowList'>,
  { authorization, address = '', product, underTestPath }: Visitor,
): Admission => {
  if (authorization === undefined) return { denial: { message: 'Unauthorized' } }
  const owner = [credentials.live, credentials.test].find(
    (candidate) => authorization === basic(product === 'payouts' ? candidate.payouts : candidate),
  )
  const misplaced = testPath === 'apitest' && (owner?.mode === 'test') !== underTestPath
  if (owner === undefined || misplaced) return { denial: { message: 'Invalid authentication credentials' } }
  if (ipAllowList !== null && !ipAllowList.includes(address))
    return { denial: { success: false, message: 'Source IP not allowed' } }
  return { mode: owner.mode }
}

const basic = ({ publicKey, secretKey }: Credentials['payouts']): string =>
  `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString('base64')}`
