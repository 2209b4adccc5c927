import type { Prove } from '../../test/proof/proof.js'

/** The proofs by name, loaded when they are run. The place to come to add one. */
export const proofs: Readonly<Record<string, () => Promise<Prove>>> = {
  'protocol-search': async () => (await import('../../test/proof/protocol-search.js')).run,
  'notification-search': async () => (await import('../../test/proof/notification-search.js')).run,
  'fault-matrix': async () => (await import('../../test/proof/fault-matrix/run.js')).run,
  'one-key': async () => (await import('../../test/proof/one-key.js')).run,
  'over-refund': async () => (await import('../../test/proof/over-refund.js')).run,
  failover: async () => (await import('../../test/proof/failover/run.js')).run,
  backlog: async () => (await import('../../test/proof/backlog.js')).run,
  forgeries: async () => (await import('../../test/proof/forgeries.js')).run,
  'kill-loop': async () => (await import('../../test/proof/kill-loop.js')).run,
  processes: async () => (await import('../../test/proof/processes.js')).run,
}
