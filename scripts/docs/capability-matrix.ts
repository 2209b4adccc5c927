import * as E from 'fp-ts/lib/Either.js'
import { catalog } from '../../src/catalog.js'
import {
  type Adapter,
  type Capabilities,
  type Deduplication,
  type Flow,
  type FlowCapability,
  flowNames,
  type OperationCapability,
} from '../../src/core/index.js'
import { createAdapter } from '../../src/paymux/create-adapter.js'
import type { DocumentedAccount } from './accounts/documented-account.js'
import { code, table } from './markdown.js'

const capabilitiesOf = async (config: unknown): Promise<Capabilities> => {
  const adapter: E.Either<unknown, Adapter> = await createAdapter(config)()
  if (E.isLeft(adapter)) throw new Error(JSON.stringify(adapter.left))
  return adapter.right.capabilities
}

const list = (texts: readonly string[]): string => (texts.length === 0 ? 'none' : texts.map(code).join(', '))

const duplicates = (deduplication: Deduplication): string => {
  if (deduplication.kind === 'none') return 'not recognised: a second operation'
  const minutes = deduplication.windowMs / 60_000
  const window = minutes < 120 ? `${minutes} minutes` : `${minutes / 60} hours`
  return `${deduplication.kind === 'rejects' ? 'refused' : 'answered with the first result'} for ${window}, ${deduplication.proven ? 'proven' : 'not proven'}`
}

const shared = ({
  currencies,
  deduplication,
  lookupByKey,
}: OperationCapability): readonly (readonly [string, string])[] => [
  ['currencies', currencies === 'any' ? 'as set up at the gateway' : list(currencies)],
  ['a repeat with the same key', duplicates(deduplication)],
  ['found by key if the answer was lost', lookupByKey ? 'yes' : 'no'],
]

const fieldsOf = (flow: Flow, offered: FlowCapability | undefined): readonly (readonly [string, string])[] => [
  [`fields passed on, ${code(flow)}`, offered === undefined ? 'not offered' : list(offered.fields)],
  [`required fields, ${code(flow)}`, offered === undefined ? 'not offered' : list(offered.required)],
]

type Offers = readonly (readonly [operation: string, feature: string, says: string])[]

const payableFor = (payableMs: Capabilities['payableMs']): string =>
  payableMs === 'unlimited' ? 'no documented end' : `${payableMs / 3_600_000} hours`

const offersOf = (capabilities: Capabilities): Offers => {
  const { createPayment, refund, payout, disputes, refundsElsewhere, payableMs } = capabilities
  const rows = (operation: string, features: readonly (readonly [string, string])[]): Offers =>
    features.map(([feature, says]) => [operation, feature, says])
  const payment = createPayment.supported
    ? rows('createPayment', [
        ['flows', list(Object.keys(createPayment.flows))],
        ...shared(createPayment),
        ...flowNames.flatMap((flow) => fieldsOf(flow, createPayment.flows[flow])),
      ])
    : []
  const refunds = refund.supported
    ? rows('refund', [
        ['of a part', refund.partial ? 'yes' : 'no'],
        ['of one payment', refund.perPayment === 'one' ? 'once' : 'several times'],
        ...shared(refund),
        ['fields passed on', list(refund.fields)],
      ])
    : []
  const payouts = payout.supported
    ? rows('payout', [
        ['beneficiaries', list(payout.beneficiaries)],
        ...shared(payout),
        ['fields passed on', list(payout.fields)],
      ])
    : []
  return [
    ...payment,
    ...refunds,
    ...payouts,
    ...rows('getStatus', [
      ['reports disputes', disputes ? 'yes' : 'no'],
      ['reports refunds that were started elsewhere', refundsElsewhere ? 'yes' : 'no'],
      ['a payment can be paid for', payableFor(payableMs)],
    ]),
  ]
}

/** What falls away with what a configuration leaves out. */
const missingOf = (
  { createPayment, refund, payout, disputes }: Capabilities,
  full: Capabilities,
): readonly string[] => [
  ...Object.entries({ createPayment, refund, payout }).flatMap(([operation, offered]) =>
    offered.supported ? [] : [`${code(operation)} if ${offered.why}`],
  ),
  ...(full.disputes && !disputes ? ['disputes'] : []),
]

/** The accounts that `accounts` has for each adapter, in the order of the catalog. */
const documentedAccounts = (): Promise<readonly DocumentedAccount[]> =>
  Promise.all(
    Object.keys(catalog).map(async (adapter): Promise<DocumentedAccount> => {
      const { account } = await import(`./accounts/${adapter}.js`)
      return account
    }),
  )

/** The matrix of all accounts with everything configured, and below it what is not offered without. */
export const capabilityMatrix = async (): Promise<string> => {
  const all = await Promise.all(
    (await documentedAccounts()).map(async ({ title, full, lesser }) => ({
      title,
      full: await capabilitiesOf(full),
      lesser: await Promise.all(lesser.map(capabilitiesOf)),
    })),
  )
  const columns = all.map(
    ({ full }) => new Map(offersOf(full).map(([operation, feature, says]) => [`${code(operation)}: ${feature}`, says])),
  )
  const features = [...new Set(columns.flatMap((column) => [...column.keys()]))]
  const rows = features.map((feature) => [feature, ...columns.map((column) => column.get(feature) ?? 'not offered')])
  const without = all.flatMap(({ title, full, lesser }) => {
    const missing = new Set(lesser.flatMap((capabilities) => missingOf(capabilities, full)))
    return missing.size === 0 ? [] : [`- ${title} does not offer ${[...missing].join('; ')}.`]
  })
  return [table(['Capability', ...all.map(({ title }) => title)], rows), '', ...without].join('\n')
}
