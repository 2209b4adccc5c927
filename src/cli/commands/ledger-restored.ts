import { CommandError, exitCodes, usageError } from '../exit.js'
import { readAbsoluteTime, readTime, time } from '../format.js'
import { namedLedger, type Run } from '../open.js'

interface RestoredOptions {
  readonly takenAt?: string
  readonly until?: string
  readonly yes?: boolean
}

const backupOf = ({ takenAt, until }: RestoredOptions) => {
  if (takenAt === undefined)
    throw usageError('Say when the backup was taken.', 'Give --taken-at 2026-11-28T03:00:00Z, or an earlier time.')
  return {
    takenAt: readTime('--taken-at', takenAt, Date.now()),
    ...(until === undefined ? {} : { until: readAbsoluteTime('--until', until) }),
  }
}

/** `paymux ledger restored`: marks a ledger that was restored from a backup. */
export const run: Run<RestoredOptions> = async (invocation) => {
  const { ask, options, output } = invocation
  const backup = backupOf(options)
  const { file, env, name } = await namedLedger(invocation)
  output.note(
    'paymux sends nothing any more of what was open in the backup: it looks for it, and what it does not find waits for `paymux resolve`.',
  )
  output.note(
    `Until ${time(backup.until) ?? 'in 24 hours'} a key that the ledger does not know is looked up at the gateways. What they cannot say is refused: new payments, too.`,
  )
  const question = `Mark the ${name} as restored from a backup of ${time(backup.takenAt)}?`
  if (options.yes !== true && !(await ask.confirm(question, '--yes')))
    throw new CommandError(exitCodes.usage, 'Not confirmed. Nothing was written.')
  const { restoredLedger } = await import('../../paymux/promises.js')
  const report = await restoredLedger(file, { ...backup, env })
  if (options.json === true) output.json(report)
  else
    output.fields([
      ['taken at', time(report.takenAt)],
      ['looks keys up until', time(report.until)],
      ['open operations', report.open],
    ])
  output.note(
    'Start the shop. Let callers repeat the calls of the lost time with their old keys, then run `paymux reconcile`.',
  )
  return exitCodes.done
}
