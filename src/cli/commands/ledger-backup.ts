import { resolve } from 'node:path'
import { type Run, withLedger } from '../open.js'

/** `paymux ledger backup`: a consistent copy of a SQLite ledger in a new file. */
export const run: Run = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { args, host, options, output } = invocation
    const file = resolve(host.cwd, args[0] ?? '')
    const progress = output.progress('copying')
    await ledger.backup(file).finally(progress.end)
    if (options.json === true) output.json({ file })
    else output.line(file)
    return undefined
  })
