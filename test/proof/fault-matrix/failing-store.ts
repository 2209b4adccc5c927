import * as TE from 'fp-ts/lib/TaskEither.js'
import { indeterminate, unreachable } from '../../../src/core/index.js'
import type { Store, Write } from '../../../src/ledger/index.js'
import type { StoreFailure } from './faults.js'

/** Which failure a commit meets; none where there is no plan for it. */
export type Plan = (writes: readonly Write[]) => StoreFailure | undefined

/** What tells a commit of each kind. */
export const commits: Readonly<Record<'claim' | 'recordDispatch' | 'outcome', (write: Write) => boolean>> = {
  claim: ({ write }) => write === 'claim',
  recordDispatch: (write) => write.write === 'log' && write.log.what === 'dispatched',
  outcome: (write) => write.write === 'operation' && write.operation.state === 'executed',
}

/** Fails the commits that a plan names: a lost answer once, the others until the plan is gone. */
export const failing =
  (plan: () => Plan | undefined) =>
  (store: Store): Store => ({
    ...store,
    commit: (writes) => {
      switch (plan()?.(writes)) {
        case undefined:
          return store.commit(writes)
        case 'failed':
          return TE.left(unreachable('store'))
        case 'lost':
          return TE.left(indeterminate('moves_money', 'answer'))
        case 'lost_answer':
          return TE.flatMap(() => TE.left(indeterminate('moves_money', 'answer')))(store.commit(writes))
      }
    },
  })
