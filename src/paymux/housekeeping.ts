import { errorTypeOf, traced } from '../core/index.js'
import { claimAbandoned, reconcileIfDue, reportUnmatched } from '../orchestrator/index.js'
import type { Running } from './running.js'

/** The names of the accounts in use. */
export const accountsOf = ({ active }: Running): readonly string[] => [...active().setup.adapters.keys()]

/** Looks for the attempts that made payments which only notifications tell of. */
export const claim = (running: Running, perSecond: number): Promise<number> =>
  claimAbandoned(running.context, { accounts: accountsOf(running), perSecond })

/** What comes round every hour, if nothing else is configured. What fails is tried again the next time. */
export const housekeeping = async ({ store, context }: Running): Promise<void> => {
  await reportUnmatched(context)
  await traced(
    'job',
    () => ({ job: 'forget_counts', by: 'worker' }),
    store.commit([{ write: 'forget_counts' }]),
    errorTypeOf,
  )
}

/** Compares the lists of the accounts for which that is due with the ledger, one after another. Gives of how many. */
export const reconcileAccounts = async (
  { active, context }: Running,
  mayBegin: () => boolean = () => true,
): Promise<number> => {
  let reconciled = 0
  for (const account of active().setup.adapters.keys()) {
    const adapter = context.adapter(account)
    if (adapter === undefined || !mayBegin()) continue
    if (await reconcileIfDue(adapter, active().setup.configuration.background, context)) reconciled += 1
  }
  return reconciled
}
