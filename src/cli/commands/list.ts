import type { Kind, StatusOf } from '../../core/index.js'
import type { queries } from '../../paymux/promises.js'
import { usageError } from '../exit.js'
import { type Run, withLedger } from '../open.js'
import { type PageOptions, pageQueryOf, pages } from '../pages.js'
import { objectColumns, objectCsvColumns } from '../tables.js'

interface ListOptions extends PageOptions {
  readonly kind?: Kind
  readonly status?: StatusOf<Kind>
  readonly account?: string
  readonly currency?: string
  readonly reference?: string
  readonly review?: boolean
  readonly disputed?: boolean
}

const filterOf = ({
  kind,
  status,
  account,
  currency,
  reference,
  review,
  disputed,
}: ListOptions): queries.ObjectQuery => ({
  ...(kind === undefined ? {} : { kind }),
  ...(status === undefined ? {} : { status }),
  ...(account === undefined ? {} : { account }),
  ...(currency === undefined ? {} : { currency }),
  ...(reference === undefined ? {} : { merchantReference: reference }),
  ...(review === undefined ? {} : { review }),
  ...(disputed === undefined ? {} : { disputed }),
})

/** `paymux list`: payments, refunds and payouts, newest first. */
export const run: Run<ListOptions> = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { options } = invocation
    if (options.csv === true && options.json === true) throw usageError('--csv and --json exclude each other.')
    const query = { ...filterOf(options), ...pageQueryOf(options) }
    await pages(invocation, ledger.list, query, options.csv === true ? objectCsvColumns : objectColumns)
    return undefined
  })
