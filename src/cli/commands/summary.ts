import { readTime } from '../format.js'
import { type Run, withLedger } from '../open.js'
import { summaryColumns } from '../tables.js'

interface SummaryOptions {
  readonly from?: string
  readonly to?: string
  readonly by?: 'day'
}

const DAY_MS = 86_400_000

/** `paymux summary`: counts and sums of a period. */
export const run: Run<SummaryOptions> = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { options, output } = invocation
    const now = Date.now()
    const from = options.from === undefined ? now - (now % DAY_MS) : readTime('--from', options.from, now)
    // One millisecond more: what was recorded now belongs to it.
    const to = options.to === undefined ? now + 1 : readTime('--to', options.to, now)
    const lines = await ledger.summary({ from, to, ...(options.by === undefined ? {} : { by: options.by }) })
    if (options.json === true) output.json(lines)
    else {
      const columns = summaryColumns.filter(({ name }) => name !== 'day' || options.by === 'day')
      output.table(columns)(lines)
    }
    return undefined
  })
