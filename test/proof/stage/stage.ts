import { Client } from 'pg'
import { catalog as ownCatalog } from '../../../src/catalog.js'
import type { Adapter, Catalog, PaymentProvider } from '../../../src/core/index.js'
import type { Store } from '../../../src/ledger/index.js'
import { type Context, createHealth, createOrchestrator, recoverOperation } from '../../../src/orchestrator/index.js'
import { type Paymux, type PaymuxConfig, paymux } from '../../../src/paymux/index.js'
import { enterAccounts, openStore, readSetup } from '../../../src/paymux/setup.js'
import { succeed } from '../../either.js'
import type { NewPlace, Place } from './stores.js'

/** What a stage is set up with. */
export interface StageOptions {
  readonly accounts: Readonly<Record<string, object>>
  /** Absent: all accounts, in their order. */
  readonly routes?: readonly object[]
  readonly catalog?: Catalog
  /** How long a second caller waits for the first one's result, in milliseconds. */
  readonly waitMs?: number
}

/** Merchants' processes over one ledger, and eyes on that ledger. */
export interface Stage {
  /** Reads what the merchants' processes have recorded, over a connection of its own. */
  readonly ledger: Store
  /** The first merchant's process. */
  readonly paymux: Paymux
  /** One more process on the same ledger, as far as one process of ours can play it. */
  readonly open: () => Promise<Paymux>
  /** A provider whose store is wrapped: the place for a store that fails. */
  readonly openOver: (wrapped: (store: Store) => Store) => Promise<PaymentProvider>
  /** Goes on with an operation whose time has come, as a worker of `start` would. */
  readonly recover: (operationId: string) => Promise<void>
  /** Moves the clock of all processes. A database has a clock of its own, which stays. */
  readonly advance: (ms: number) => void
  /** Puts their clock right again. */
  readonly resetClock: () => void
  /** Lets every lease run out, as when their holders are gone. */
  readonly expireLeases: () => Promise<void>
  readonly close: () => Promise<void>
}

// 32 made-up bytes.
const encryption = { current: 'k1', keys: { k1: Buffer.alloc(32, 7).toString('base64') } }

const LONGER_THAN_A_LEASE_MS = 31_000

const expireIn = async ({ store }: Place): Promise<void> => {
  if (store.type === 'sqlite') return
  const client = new Client({ connectionString: store.url })
  await client.connect()
  await client.query('UPDATE paymux_operations SET lease_until = 0')
  await client.end()
}

/** Sets up a stage over an empty ledger. */
export const openStage = async (newPlace: NewPlace, options: StageOptions): Promise<Stage> => {
  const { accounts, routes, catalog = ownCatalog, waitMs = 0 } = options
  const place = await newPlace()
  let ahead = 0
  const clock = () => Date.now() + ahead
  const config = { accounts, store: place.store, encryption, ...(routes === undefined ? {} : { routes }) }

  const setup = await succeed(readSetup(config, {}, catalog))
  const closing: (() => Promise<void>)[] = []
  const opened = async (): Promise<Store> => {
    const store = await succeed(openStore(setup.configuration, { clock }))
    closing.push(store.close)
    return store
  }
  const contextOver = (store: Store): Context => ({
    store,
    adapter: (account: string): Adapter | undefined => setup.adapters.get(account),
    now: clock,
    attemptAddress: () => undefined,
    recordOutcome: () => undefined,
  })
  const open = async (): Promise<Paymux> => {
    const made = await succeed(paymux(config as PaymuxConfig, { catalog, env: {}, clock, waitMs }))
    closing.push(() => succeed(made.stop()))
    return made
  }
  const first = await open()
  const ledger = await opened()

  return {
    ledger,
    paymux: first,
    open,
    openOver: async (wrapped) => {
      const store = wrapped(await opened())
      await succeed(enterAccounts(store, setup.adapters))
      const { share } = createHealth(clock)
      const routing = {
        routes: setup.configuration.routes,
        capabilities: (account: string) => setup.adapters.get(account)?.capabilities,
        share,
      }
      return createOrchestrator(contextOver(store), () => routing, waitMs)
    },
    recover: (operationId) => recoverOperation(operationId, contextOver(ledger)),
    advance: (ms) => {
      ahead += ms
    },
    resetClock: () => {
      ahead = 0
    },
    expireLeases: async () => {
      ahead += LONGER_THAN_A_LEASE_MS
      await expireIn(place)
    },
    close: async () => {
      for (const close of closing.reverse()) await close()
      await place.remove()
    },
  }
}
