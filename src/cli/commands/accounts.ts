import { openSetup, type Run } from '../open.js'
import type { Column } from '../output.js'

interface ShownAccount {
  readonly account: string
  readonly adapter: string
  readonly identity: Readonly<Record<string, string>>
  readonly createPayment: boolean
  readonly refund: boolean
  readonly payout: boolean
  readonly lists: readonly string[]
  /** Absent: the configuration has no webhooks, or secrets are not shown. */
  readonly notificationAddress?: string
}

const yes = (is: boolean): string => (is ? 'yes' : 'no')

const columns: readonly Column<ShownAccount>[] = [
  { name: 'account', cell: ({ account }) => account },
  { name: 'adapter', cell: ({ adapter }) => adapter },
  { name: 'payments', cell: ({ createPayment }) => yes(createPayment) },
  { name: 'refunds', cell: ({ refund }) => yes(refund) },
  { name: 'payouts', cell: ({ payout }) => yes(payout) },
  { name: 'lists', cell: ({ lists }) => lists.join(' ') || 'none' },
  {
    name: 'is',
    cell: ({ identity }) =>
      Object.entries(identity)
        .map((pair) => pair.join(' '))
        .join(', '),
  },
  { name: 'notification address', cell: ({ notificationAddress = '***' }) => notificationAddress },
]

/** `paymux accounts`: the accounts of the configuration, and what each can do. The address to enter at a gateway is a secret. */
export const run: Run = async (invocation) => {
  const { options, output } = invocation
  const { configuration, adapters } = await openSetup(invocation)
  const { accountAddress } = await import('../../webhooks/index.js')
  const { webhooks } = configuration
  const shown = [...adapters].map(([account, { capabilities, identity, list = {} }]): ShownAccount => {
    const { adapter, createPayment, refund, payout } = capabilities
    return {
      account,
      adapter,
      identity,
      createPayment: createPayment.supported,
      refund: refund.supported,
      payout: payout.supported,
      lists: Object.keys(list),
      ...(webhooks === undefined || options.reveal !== true
        ? {}
        : { notificationAddress: accountAddress(webhooks, account) }),
    }
  })
  if (options.json === true) output.json(shown)
  else output.table(columns)(shown)
  return undefined
}
