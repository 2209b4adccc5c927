import { type Run, withLedger } from '../open.js'
import { type ObjectOptions, pickReference } from '../pick-object.js'
import { showResult } from '../tables.js'

/** `paymux status`: reads a payment, refund or payout at its gateway, and records what it says. */
export const run: Run<ObjectOptions> = (invocation) =>
  withLedger(invocation, false, async (ledger) => {
    const { options, output } = invocation
    const result = await ledger.getStatus(await pickReference(ledger, invocation))
    if (options.json === true) output.json(result)
    else showResult(output, output.shown(result))
    return undefined
  })
