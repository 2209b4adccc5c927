import type { LogEntry } from '../../paymux/promises.js'
import { referenceOf, time } from '../format.js'
import { type Run, withLedger } from '../open.js'
import type { Column } from '../output.js'
import { type ObjectOptions, pickObject } from '../pick-object.js'
import { attemptColumns, showResult } from '../tables.js'

const logColumns: readonly Column<LogEntry>[] = [
  { name: 'at', cell: ({ at }) => time(at) },
  { name: 'attempt', cell: ({ n }) => n, align: 'right' },
  { name: 'step', cell: ({ what }) => what },
  { name: 'detail', cell: ({ detail }) => detail },
]

/** `paymux show`: the recorded result of one payment, refund or payout, and for people how it came about. */
export const run: Run<ObjectOptions> = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { options, output } = invocation
    const { operationId, ...object } = await pickObject(ledger, invocation)
    const result = await ledger.recorded(referenceOf(object))
    if (options.json === true) {
      output.json(result)
      return undefined
    }
    showResult(output, output.shown(result))
    if (operationId === undefined || !output.isForPeople) return undefined
    output.note('')
    output.table(attemptColumns)((await ledger.operation(operationId)).attempts)
    output.note('')
    output.table(logColumns)(await ledger.log(operationId))
    return undefined
  })
