import type { PaymuxConfig } from '../../src/paymux/index.js'
import type { Ledger } from './ledgers.js'
import { startSubject } from './measured.js'
import { type Extent, type Figures, measureRounds, type Took } from './rounds.js'
import type { Calls } from './subjects/operations.js'

/** Accounts at the emulated gateways. */
export type Accounts = PaymuxConfig['accounts']

/** Callers of a shop. */
const CALLERS = 16

/** `createPayment` at an emulated gateway in its own process, over a ledger or, without one, straight. */
export const measureOperations = (
  gateway: string,
  account: Accounts[string] | undefined,
  ledger: Ledger | undefined,
  works: boolean,
  extent: Extent,
): Promise<Figures> =>
  measureRounds(
    {
      what: [gateway, ledger?.name ?? 'without a ledger', ...(works ? ['background work on'] : [])].join(', '),
      ...(ledger === undefined ? {} : { ledger }),
      atOnce: CALLERS,
      start: async () => {
        const place = ledger?.place
        const subject = await startSubject<object, Calls, Took>('operations', { place, works, account })
        return { subject, run: (_from, times) => subject.ask({ times, callers: CALLERS }) }
      },
    },
    extent,
  )
