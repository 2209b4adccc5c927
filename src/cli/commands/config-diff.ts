import { resolve } from 'node:path'
import type { Difference } from '../../orchestrator/index.js'
import { exitCodes } from '../exit.js'
import { openSetup, type Run } from '../open.js'
import type { Column } from '../output.js'

interface Changed extends Difference {
  /** What the ledger still follows at an account that is taken away. */
  readonly follows?: readonly string[]
}

const columns: readonly Column<Changed>[] = [
  { name: 'change', cell: ({ change }) => change },
  { name: 'path', cell: ({ path }) => path },
  { name: 'ledger still follows', cell: ({ follows }) => follows?.join(' ') },
]

/** `paymux config diff`: what another configuration would change, and which payments stand against it. */
export const run: Run = async (invocation) => {
  const { args, host, options, output } = invocation
  const before = await openSetup(invocation)
  const after = await openSetup(invocation, resolve(host.cwd, args[0] ?? ''))
  const [{ differences }, { heldBy }, { openStore }, { PaymentFailure }] = await Promise.all([
    import('../../orchestrator/index.js'),
    import('../../paymux/reload.js'),
    import('../../paymux/setup.js'),
    import('../../paymux/promises.js'),
  ])
  const changes = differences(before.configuration, after.configuration)
  const removed = changes.filter(({ path, change }) => change === 'removed' && /^accounts\.[^.]+$/.test(path))
  const followed = new Map<string, readonly string[]>()
  if (removed.length > 0) {
    const store = await openStore(before.configuration, { readOnly: true })()
    if (store._tag === 'Left') throw new PaymentFailure(store.left)
    try {
      for (const { path } of removed) {
        const held = await heldBy(path.slice('accounts.'.length), store.right)()
        if (held._tag === 'Left') throw new PaymentFailure(held.left)
        followed.set(path, held.right)
      }
    } finally {
      await store.right.close()
    }
  }
  const shown: readonly Changed[] = changes.map((one) => {
    const follows = followed.get(one.path)
    return follows === undefined ? one : { ...one, follows }
  })
  if (options.json === true) output.json(shown)
  else output.table(columns)(shown)
  if (shown.some(({ path }) => path.startsWith('store') || path.startsWith('encryption')))
    output.note('store and encryption change with a restart only; reload refuses them.')
  if (!shown.some(({ follows = [] }) => follows.length > 0)) return exitCodes.done
  output.note('An account stays in the configuration, if in no route, while the ledger follows something at it.')
  return exitCodes.findings
}
