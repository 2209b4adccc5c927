import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { ippopay } from '../../../src/adapters/ippopay/index.js'
import { payop } from '../../../src/adapters/payop/index.js'
import {
  type Adapter,
  type Catalog,
  type PaymentError,
  type PaymentProvider,
  type Send,
  unreachable,
} from '../../../src/core/index.js'
import type { Fault as EmulatedFault } from '../../../src/emulators/index.js'
import type { TransportOptions } from '../../../src/transport/index.js'
import { createPatience, timingOutInTls } from '../../patience.js'
import { accountsOf, type Gateways } from '../stage/gateways.js'
import type { Play } from '../stage/plays.js'
import { openStage, type Stage } from '../stage/stage.js'
import type { NewPlace } from '../stage/stores.js'
import { commits, failing, type Plan } from './failing-store.js'
import type { Fault, Means, Unreachable } from './faults.js'
import type { Servers } from './servers.js'

/** A stage on which one submission at a time meets a fault. */
export interface Scene extends Stage {
  readonly gateways: Gateways
  /**
   * Brings a fault about, for the next submission of a play, or for every read until it is over. Gives the provider to
   * call.
   */
  readonly strike: (fault: Fault, target: Target) => Struck
  readonly close: () => Promise<void>
}

/** Which request is struck: a play's submitted one, or a read. */
export type Target = Pick<Play, 'gateway' | 'route' | 'before'> & { readonly effect: Play['effect'] | 'reads' }

/** A fault that is brought about. */
export interface Struck {
  readonly provider: PaymentProvider
  /** Ends the fault, once the gateway is done with what it was sent. */
  readonly over: () => Promise<void>
}

/** More than the transport makes. */
const TRIES = 10
const HASTE_MS = 300

const factories = { payop, ippopay }

const isStruck = ({ route }: Target): ((wire: Parameters<Send>[0]) => boolean) => {
  const [method = '', path = ''] = route.split(' ')
  const pattern = new RegExp(`^(/v1)?${path.replace(/^\/v1/, '').replace(/:\w+/g, '[^/]+')}$`)
  return (wire) => wire.method === method && pattern.test(wire.path.split('?')[0] ?? '')
}

const isSilence = ({ kind }: EmulatedFault): boolean => kind.startsWith('silence')

const asking = (provider: PaymentProvider, fields: () => object): PaymentProvider => {
  const changed = <Request extends object>(request: Request): Request => ({ ...request, ...fields() })
  return {
    ...provider,
    createPayment: (request) => provider.createPayment(changed(request)),
    refund: (request) => provider.refund(changed(request)),
    payout: (request) => provider.payout(changed(request)),
  }
}

/** Asks for nothing, whatever it is asked for. */
const askingForNothing = (provider: PaymentProvider): PaymentProvider =>
  asking(provider, () => ({ amount: { value: '0.00', currency: 'INR' } }))

/** Asks for what is done at once. */
const askingInHaste = (provider: PaymentProvider): PaymentProvider =>
  asking(provider, () => ({ deadline: Date.now() + HASTE_MS }))

/** Sets a scene for one gateway. `changed` breaks its adapters: a test's way to see the proof fail. */
export const setScene = async (
  newPlace: NewPlace,
  gateway: Play['gateway'],
  gateways: Gateways,
  servers: Servers,
  changed: (adapter: Adapter) => Adapter = (adapter) => adapter,
): Promise<Scene> => {
  const patience = createPatience()
  let detour: { readonly takes: ReturnType<typeof isStruck>; readonly send: Send } | undefined
  /** What is made again goes where it always went. */
  const once =
    (send: Send): Send =>
    (wire, hook) => {
      detour = undefined
      return send(wire, hook)
    }
  let plan: Plan | undefined
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
  const cutting = (when: 'before_dispatch' | 'after_dispatch'): Send => {
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
      return sendTo(origin)(wire, when === 'before_dispatch' ? inOrder(cut, hook) : inOrder(hook, cut))
    }
  }

  const stage = await openStage(newPlace, { accounts: { [gateway]: account }, catalog })
  const failable = await stage.openOver(failing(() => plan))

  const placeFor = (place: Unreachable): Send =>
    sendTo(servers.unreachable(place), { retries: 1, ...(place === 'tls_silence' ? { connect: timingOutInTls } : {}) })
  // A deadline is measured by the ledger's clock, which a database does not let us move.
  const tooLate: Send = (wire, hook) => async () => {
    await delay(HASTE_MS)
    return direct(wire, hook)()
  }
  const planned =
    ({ commit, how }: Extract<Means, { by: 'store' }>): Plan =>
    (writes) => {
      if (!writes.some(commits[commit])) return undefined
      if (how === 'lost_answer') plan = undefined
      return how
    }
  const spoil = ({ fault, at }: Extract<Means, { by: 'emulator' }>, target: Target): void => {
    const route = at === 'before' ? target.before : target.route
    // Reads are tried again.
    gateways[gateway].inject({ route: route ?? '*', fault, times: target.effect === 'reads' ? TRIES : 1 })
  }

  /** Whether the gateway has logged what it makes of the next submission. A read is not logged, and changes nothing. */
  const logs = (target: Target): (() => boolean) => {
    const { executions } = gateways[gateway]
    const before = executions().length
    return () => target.effect === 'reads' || executions().length > before
  }
  /** Sends, and gives up as soon as the gateway has done all that it will do. */
  const losing =
    (send: Send, isDone: () => boolean): Send =>
    (wire, hook) =>
    async () => {
      patience.giveUpWhen(isDone)
      const answer = await send(wire, hook)()
      patience.giveUpWhen(undefined)
      return answer
    }

  /** Brings it about. Gives what tells when the gateway is done. */
  const bringAbout = (means: Means, target: Target): Promise<void> | undefined => {
    const detoured = (send: Send): undefined => {
      detour = { takes: isStruck(target), send }
    }
    const as = (send: Send): Send => (target.effect === 'reads' ? send : once(send))
    switch (means.by) {
      case 'emulator':
        spoil(means, target)
        return isSilence(means.fault) ? detoured(as(losing(direct, logs(target)))) : undefined
      case 'connection':
        return detoured(placeFor(means.place))
      case 'server': {
        const { origin, over } = servers.scripted(means.script, gateways[gateway].apiUrl)
        const send = sendTo(origin)
        let isPlayed = false
        void over.then(() => {
          isPlayed = true
        })
        detoured(as(means.silent ? losing(send, () => isPlayed) : send))
        return over
      }
      case 'cut':
        return detoured(cutting(means.when))
      case 'clock':
        return detoured(tooLate)
      case 'store':
        plan = planned(means)
        return undefined
      case 'caller':
        return undefined
    }
  }

  const providerFor = (means: Means): PaymentProvider => {
    if (means.by === 'store') return failable
    if (means.by === 'clock') return askingInHaste(stage.paymux)
    return means.by === 'caller' && means.wrong === 'amount' ? askingForNothing(stage.paymux) : stage.paymux
  }

  return {
    ...stage,
    gateways,
    strike: (fault, target) => {
      const struck = bringAbout(fault.means, target)
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
