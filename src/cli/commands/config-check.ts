import { CommandError, exitCodes, isPaymentFailure } from '../exit.js'
import { configFile, openSetup, type Run, storeName } from '../open.js'

/** `paymux config check`: whether the configuration can be used, without opening its ledger. */
export const run: Run = async (invocation) => {
  const { options, output } = invocation
  const file = configFile(invocation)
  try {
    const { configuration, adapters } = await openSetup(invocation, file)
    if (options.json === true) output.json({ file, issues: [] })
    else output.line(`${file} can be used: ${[...adapters.keys()].join(', ')}; ${storeName(configuration.store)}`)
    return exitCodes.done
  } catch (error) {
    const cause = error instanceof CommandError ? error.cause : error
    if (!isPaymentFailure(cause) || cause.error._tag !== 'InvalidConfig') throw error
    const { issues } = cause.error
    if (options.json === true) output.json({ file, issues })
    else
      output.table([
        { name: 'path', cell: ({ path }: (typeof issues)[number]) => path },
        { name: 'expected', cell: ({ expected }) => expected },
      ])(issues)
    return exitCodes.findings
  }
}
