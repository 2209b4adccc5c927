import type { OperationName } from '../../core/index.js'
import { exitCodes, usageError } from '../exit.js'
import { type Run, withLedger } from '../open.js'
import { findQueryOf, type ObjectOptions } from '../pick-object.js'
import { objectColumns, operationColumns } from '../tables.js'

interface FindOptions extends ObjectOptions {
  readonly operation?: OperationName
  readonly idempotencyKey?: string
}

/** `paymux find`: everything that the ledger has of an order, a key or an id. */
export const run: Run<FindOptions> = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { args, options, output } = invocation
    const { operation, idempotencyKey } = options
    if ((operation === undefined) !== (idempotencyKey === undefined))
      throw usageError('--operation and --idempotency-key belong together.')
    const { kind: _any, ...query } = findQueryOf(args[0] ?? (operation === undefined ? undefined : ''), options)
    const found = await ledger.find(
      operation !== undefined && idempotencyKey !== undefined ? { operation, idempotencyKey } : query,
    )
    const isEmpty = found.objects.length === 0 && found.operations.length === 0
    if (options.json === true) output.json(found)
    else {
      output.table(objectColumns)(found.objects)
      const open = found.operations.filter(({ object }) => object === undefined)
      if (open.length > 0) output.table(operationColumns)(open)
    }
    if (!found.complete) output.note('There are more: only the first 1000 are shown. `paymux list --reference` lists all.')
    if (!isEmpty) return exitCodes.done
    output.note('The ledger has nothing of this name.')
    return exitCodes.notFound
  })
