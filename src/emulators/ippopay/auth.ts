import type { IppoPayBehaviour } from './behaviour.js'
import type { Credentials, Product } from './credentials.js'
import type { Mode } from './records.js'

/** What a request says about its caller. */
export interface Caller {
  readonly authorization: string | undefined
  readonly address: string | undefined
  readonly product: Product
  /** Whether the path of the request begins with `/apitest`. */
  readonly underTestPath: boolean
}

/** The body of a 401. Only the one about addresses has `success`. */
export interface Rejection {
  readonly message: string
  readonly success?: false
}

/** The mode of the keys, or the answer to wrong ones. */
export type Authentication = { readonly mode: Mode } | { readonly rejection: Rejection }

/** Checks HTTP Basic, with the public key as user and the secret key as password, and the source address. */
export const authenticate = (
  credentials: Readonly<Record<Mode, Credentials>>,
  { testPath, ipAllowList }: Pick<IppoPayBehaviour, 'testPath' | 'ipAllowList'>,
  { authorization, address = '', product, underTestPath }: Caller,
): Authentication => {
  if (authorization === undefined) return { rejection: { message: 'Unauthorized' } }
  const owner = [credentials.live, credentials.test].find(
    (candidate) => authorization === basic(product === 'payouts' ? candidate.payouts : candidate),
  )
  const misplaced = testPath === 'apitest' && (owner?.mode === 'test') !== underTestPath
  if (owner === undefined || misplaced) return { rejection: { message: 'Invalid authentication credentials' } }
  if (ipAllowList !== null && !ipAllowList.includes(address))
    return { rejection: { success: false, message: 'Source IP not allowed' } }
  return { mode: owner.mode }
}

const basic = ({ publicKey, secretKey }: Credentials['payouts']): string =>
  `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString('base64')}`
