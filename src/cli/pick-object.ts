import type { Kind, Reference } from '../core/index.js'
import type { Paymux, queries } from '../paymux/promises.js'
import { CommandError, exitCodes, usageError } from './exit.js'
import { referenceOf, subject } from './format.js'
import type { Invocation } from './open.js'

/** How one object is named: by the merchant's order number, by `kind:account:id`, or by account and id. */
export interface ObjectOptions {
  /** The account that holds it. */
  readonly account?: string
  /** The gateway's id. */
  readonly id?: string
  /** What it is. */
  readonly kind?: Kind
}

/** What the ledger is asked for. */
export type NamedObject =
  | { readonly merchantReference: string; readonly kind?: never }
  | { readonly account: string; readonly id: string; readonly kind?: Kind }

/** What the ledger is asked for, by the arguments of a command. */
export const findQueryOf = (name: string | undefined, { account, id, kind: kindGiven }: ObjectOptions): NamedObject => {
  if (name !== undefined && id !== undefined)
    throw usageError('A reference and --id exclude each other.', 'Give your order number, or --account NAME --id ID.')
  const [, kind, ofAccount, ofId] = /^(payment|refund|payout):([\w.-]+):(.+)$/.exec(name ?? '') ?? []
  if (ofAccount !== undefined && ofId !== undefined) return { account: ofAccount, id: ofId, kind: kind as Kind } // one of the three, by the pattern
  if (name !== undefined) return { merchantReference: name }
  if (account !== undefined && id !== undefined)
    return { account, id, ...(kindGiven === undefined ? {} : { kind: kindGiven }) }
  throw usageError('Say what to look for.', 'Give your order number, or --account NAME --id ID.')
}

/** Whether something is of the kind and on the account that the options of a command give. */
export const isMeant =
  ({ kind, account }: ObjectOptions) =>
  (one: { readonly kind: Kind; readonly account?: string }): boolean =>
    (kind === undefined || one.kind === kind) && (account === undefined || one.account === account)

/** The one object that the arguments of a command name, from the ledger. Several of them are listed, for one to be chosen. */
export const pickObject = async (
  ledger: Pick<Paymux, 'find'>,
  { args, options }: Invocation<ObjectOptions>,
  kindWanted?: Kind,
): Promise<queries.FoundObject> => {
  const { kind = options.kind ?? kindWanted, ...query } = findQueryOf(args[0], options)
  const { objects } = await ledger.find(query)
  const fitting = objects
    .filter(isMeant({ ...options, ...(kind === undefined ? {} : { kind }) }))
    .filter(({ id }) => !('id' in query) || id === query.id)
  const [first, ...others] = fitting
  if (first === undefined)
    throw new CommandError(exitCodes.notFound, `The ledger has no such ${kind ?? 'payment, refund or payout'}.`)
  if (others.length > 0)
    throw usageError(
      `There are ${fitting.length} of this name: ${fitting.slice(0, 20).map(subject).join(', ')}`,
      'Give one of these names instead, or --kind and --account.',
    )
  return first
}

/** The reference of {@link pickObject}. */
export const pickReference = async (
  ledger: Pick<Paymux, 'find'>,
  invocation: Invocation<ObjectOptions>,
): Promise<Reference<Kind>> => referenceOf(await pickObject(ledger, invocation))
