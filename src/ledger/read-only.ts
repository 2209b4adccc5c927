import * as TE from 'fp-ts/lib/TaskEither.js'
import { type PaymentError, unreachable } from '../core/index.js'
import type { Store } from './store.js'

/** What a ledger that was opened read-only answers to who wants to write. */
export const refusedWrite = (): PaymentError => unreachable('store', { code: 'ERR_READ_ONLY' })

/** A store that takes no write. Background work finds nothing to do. */
export const readOnlyStore = (store: Store): Store => ({
  ...store,
  commit: () => TE.left(refusedWrite()),
  acquireReads: () => TE.left(refusedWrite()),
  acquireRead: () => TE.left(refusedWrite()),
  acquireReconciliation: () => TE.left(refusedWrite()),
  work: () => ({ stop: async () => undefined }),
  runDue: () => TE.left(refusedWrite()),
  erasure: {
    ...store.erasure,
    erase: () => TE.left(refusedWrite()),
    next: () => TE.left(refusedWrite()),
    flush: () => TE.left(refusedWrite()),
  },
  reencryption: { next: () => TE.left(refusedWrite()), progress: () => undefined },
})
