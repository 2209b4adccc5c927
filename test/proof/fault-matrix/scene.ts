import { setImmediate as nextTurn } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { ippopay } from '../../../src/adapters/ippopay/index.js'
import { payop } from '../../../src/adapters/payop/index.js'
import {
  type Adapter,
  type Catalog,
  indeterminate,
  type PaymentError,
  type PaymentProvider,
  type Send,
  unreachable,
} from '../../../src/core/index.js'
import type { Fault as EmulatedFault } from '../../../src/emulators/index.js'
import type { Store, Write } from '../../../src/ledger/index.js'
import type { TransportOptions } from '../../../src/transport/index.js'
import { accountsOf, type Gateways } from '../stage/gateways.js'
import type { Play } from '../stage/plays.js'
import { openStage, type Stage } from '../stage/stage.js'
import type { NewPlace } from '../stage/stores.js'
import type { Fault, Means, StoreFailure } from './faults.js'
import type { Servers } from './servers.js'

/** A stage on which one decisive request at a time meets a fault. */
export interface Scene extends Stage {
  readonly gateways: Gateways
  /** Brings a fault about, for the next decisive request of a play. Gives the provider to call, and what ends it. */
  readonly strike: (fault: Fault, play: Play) => Struck
  readonly close: () => Promise<void>
}

/** A fault that is brought about. */
export interface Struck {
  readonly provider: PaymentProvider
  /** Ends the fault, once the gateway is done with what it was sent. */
  readonly over: () => Promise<void>
}

const PATIENT_MS = 20_000
const IMPATIENT_MS = 100
const TOO_LATE_MS = 20 * 60_000

/** Time-outs that are long, until silence is what is tested. */
const createPatience = () => {
  let limit = PATIENT_MS
  const limits = {
    get firstByteMs() {
      return limit
    },
    get wholeMs() {
      return limit
    },
  }
  const transport: TransportOptions = {
    readLimits: { firstByteMs: PATIENT_MS, wholeMs: PATIENT_MS },
    writeLimits: limits,
    connectMs: PATIENT_MS,
    sleep: () => Promise.resolve(),
  }
  return {
    transport,
    /** Waits for one answer only a little. */
    losing:
      (send: Send): Send =>
      (wire, hook) =>
      async () => {
        limit = IMPATIENT_MS
        const answer = await send(wire, hook)()
        limit = PATIENT_MS
        return answer
      },
  }
}

const factories = { payop, ippopay }

const isDecisive = ({ route }: Play): ((wire: Parameters<Send>[0]) => boolean) => {
  const [method = '', path = ''] = route.split(' ')
  const pattern = new RegExp(`^(/v1)?${path.replace(/^\/v1/, '').replace(/:\w+/g, '[^/]+')}$`)
  return (wire) => wire.method === method && pattern.test(wire.path)
}

const commits: Readonly<Record<'claim' | 'mark' | 'outcome', (write: Write) => boolean>> = {
  claim: ({ write }) => write === 'claim',
  mark: (write) => write.write === 'log' && write.log.what === 'marked',
  outcome: (write) => write.write === 'operation' && write.operation.state === 'executed',
}

/** Fails the commits that a plan names: a lost answer once, the others until the plan is gone. */
const failing =
  (plan: () => ((writes: readonly Write[]) => StoreFailure | undefined) | undefined) =>
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

const isSilence = ({ kind }: EmulatedFault): boolean => kind.startsWith('silence')

/** Asks for nothing, whatever it is asked for. */
const askingForNothing = (provider: PaymentProvider): PaymentProvider => {
  const nothing = <Request extends object>(request: Request): Request => ({
    ...request,
    amount: { amount: '0.00', currency: 'INR' },
  })
  return {
    ...provider,
    createPayment: (request) => provider.createPayment(nothing(request)),
    refund: (request) => provider.refund(nothing(request)),
    payout: (request) => provider.payout(nothing(request)),
  }
}

/** Sets a scene for one gateway. `changed` breaks its adapters: a test's way to see the proof fail. */
export const setScene = async (
  newPlace: NewPlace,
  gateway: Play['gateway'],
  gateways: Gateways,
  servers: Servers,
  changed: (adapter: Adapter) => Adapter = (adapter) => adapter,
): Promise<Scene> => {
  const patience = createPatience()
  let detour: { readonly takes: ReturnType<typeof isDecisive>; readonly send: Send } | undefined
  /** What is made again goes where it always went. */
  const once =
    (send: Send): Send =>
    (wire, hook) => {
      detour = undefined
      return send(wire, hook)
    }
  let plan: ((writes: readonly Write[]) => StoreFailure | undefined) | undefined
  let direct: Send = () => TE.left(unreachable('connect'))

  const account = { ...accountsOf(gateways)[gateway] }
  const made = (config: unknown, transport: TransportOptions) => factories[gateway](config, { transport })
  const catalog: Catalog = {
    [gateway]: async () => (config) =>
      E.map((adapter: Adapter) => {
        direct = adapter.send
        const send: Send = (wire, hook) => (detour?.takes(wire) ? detour.send : adapter.send)(wire, hook)
        return changed({ ...adapter, send })
      })(made(config, patience.transport)),
  }
  /** The same account at another host. */
  const sendTo = (origin: string, transport: TransportOptions = {}): Send => {
    const adapter = made({ ...account, account: gateway, apiUrl: origin }, { ...patience.transport, ...transport })
    if (E.isLeft(adapter)) throw new Error(adapter.left.message)
    return adapter.right.send
  }
  const cutting = (when: 'before_mark' | 'after_mark'): Send => {
    return (wire, hook = TE.right(undefined)) => {
      const { origin, peer } = servers.silent()
      const cut = async (): Promise<E.Either<PaymentError, void>> => {
        const reached = await peer
        reached.reset()
        await reached.gone
        await nextTurn()
        await nextTurn()
        return E.right(undefined)
      }
      const inOrder = (first: typeof hook, second: typeof hook) => TE.flatMap(() => second)(first)
      return sendTo(origin)(wire, when === 'before_mark' ? inOrder(cut, hook) : inOrder(hook, cut))
    }
  }

  const stage = await openStage(newPlace, { accounts: { [gateway]: account }, catalog })
  const failable = await stage.openOver(failing(() => plan))

  const bringAbout = (means: Means, play: Play): Promise<void> | undefined => {
    const takes = isDecisive(play)
    const { inject } = gateways[gateway]
    switch (means.by) {
      case 'emulator':
        inject({ route: (means.at === 'before' ? play.before : play.route) ?? '*', fault: means.fault })
        if (isSilence(means.fault)) detour = { takes, send: once(patience.losing(direct)) }
        return undefined
      case 'connection':
        detour = {
          takes,
          send: sendTo(servers.unreachable(means.place), {
            retries: 1,
            connectMs: means.place === 'tls_silence' ? IMPATIENT_MS : PATIENT_MS,
          }),
        }
        return undefined
      case 'server': {
        const { origin, over } = servers.scripted(means.script, gateways[gateway].apiUrl)
        const send = sendTo(origin)
        detour = { takes, send: once(means.silent ? patience.losing(send) : send) }
        return over
      }
      case 'cut':
        detour = { takes, send: cutting(means.when) }
        return undefined
      case 'clock':
        detour = {
          takes,
          send: (wire, hook) => {
            stage.advance(TOO_LATE_MS)
            return direct(wire, hook)
          },
        }
        return undefined
      case 'store':
        plan = (writes) => {
          if (!writes.some(commits[means.commit])) return undefined
          if (means.how === 'lost_answer') plan = undefined
          return means.how
        }
        return undefined
      case 'caller':
        return undefined
    }
  }

  const providerFor = (means: Means): PaymentProvider => {
    if (means.by === 'store') return failable
    return means.by === 'caller' && means.wrong === 'amount' ? askingForNothing(stage.paymux) : stage.paymux
  }

  return {
    ...stage,
    gateways,
    strike: (fault, play) => {
      const struck = bringAbout(fault.means, play)
      return {
        provider: providerFor(fault.means),
        over: async () => {
          await struck
          detour = undefined
          plan = undefined
          gateways[gateway].clearFaults()
        },
      }
    },
  }
}
