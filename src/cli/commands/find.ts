import { kindOf, type OperationName } from '../../core/index.js'
import type { queries } from '../../paymux/promises.js'
import { exitCodes, usageError } from '../exit.js'
import { type Invocation, type Run, withLedger } from '../open.js'
import { findQueryOf, isMeant, type ObjectOptions } from '../pick-object.js'
import { objectColumns, operationColumns } from '../tables.js'

interface FindOptions extends ObjectOptions {
  readonly operation?: OperationName
  readonly idempotencyKey?: string
}

const queryOf = ({ args, options }: Invocation<FindOptions>): queries.FindQuery => {
  const { operation, idempotencyKey } = options
  if (operation !== undefined && idempotencyKey !== undefined) return { operation, idempotencyKey }
  if (operation !== undefined || idempotencyKey !== undefined)
    throw usageError('--operation and --idempotency-key belong together.')
  const { kind: _any, ...query } = findQueryOf(args[0], options)
  return query
}

const notesOn = ({ objects, operations, complete }: queries.Found): readonly string[] => [
  ...(complete ? [] : ['There are more: only the first 1000 are shown. `paymux list --reference` lists all.']),
  ...(objects.length === 0 && operations.length === 0 ? ['The ledger has nothing of this name.'] : []),
]

/** What is of the kind and on the account that the options give. An operation is on every account that it was or is tried on. */
const onlyMeant = (found: queries.Found, options: ObjectOptions): queries.Found => ({
  ...found,
  objects: found.objects.filter(isMeant(options)),
  operations: found.operations.filter(({ name, accounts }) =>
    accounts.some((account) => isMeant(options)({ kind: kindOf[name], account })),
  ),
})

/** `paymux find`: everything that the ledger has of an order, a key or an id. */
export const run: Run<FindOptions> = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { options, output } = invocation
    const found = onlyMeant(await ledger.find(queryOf(invocation)), options)
    const { objects, operations } = found
    if (options.json === true) output.json(found)
    else {
      output.table(objectColumns)(objects)
      // Those that have an object are seen by it.
      output.table(operationColumns)(operations.filter(({ object }) => object === undefined))
    }
    for (const note of notesOn(found)) output.note(note)
    return objects.length === 0 && operations.length === 0 ? exitCodes.notFound : exitCodes.done
  })
