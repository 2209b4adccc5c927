import { type Gateways, startGateways } from '../stage/gateways.js'
import { type Servers, startServers } from './servers.js'

/** What a matrix stands on. */
export interface Ground {
  readonly gateways: Gateways
  readonly servers: Servers
  readonly close: () => Promise<void>
}

/** Starts the emulators, whose decisions wait, and the servers that fail. */
export const startGround = async (): Promise<Ground> => {
  const [gateways, servers] = await Promise.all([
    startGateways({ payop: { behaviour: { decideAfterMs: null } }, ippopay: { behaviour: { transferStepMs: null } } }),
    startServers(),
  ])
  return {
    gateways,
    servers,
    close: async () => {
      await Promise.all([gateways.close(), servers.close()])
    },
  }
}
