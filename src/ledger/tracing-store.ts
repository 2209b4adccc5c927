import * as E from 'fp-ts/lib/Either.js'
import {
  type CommitTrace,
  type EventMessage,
  idInTraces,
  isObject,
  type Json,
  moments,
  omitUndefined,
  type PaymentError,
  type StoreName,
  type TransitionMessage,
  traced,
} from '../core/index.js'
import type { EventRecord, ObjectRecord } from './records.js'
import type { Committed, StatusChange, Store, Write } from './store.js'

const endOfCommit = (committed: E.Either<PaymentError, Committed>): Partial<CommitTrace> => {
  if (E.isRight(committed)) return { outcome: committed.right.done ? 'done' : 'guarded' }
  const code = 'code' in committed.left ? committed.left.code : undefined
  return { outcome: committed.left.outcome, ...omitUndefined({ code }) }
}

const transitionOf = (
  { kind, account, id, status: to, origin }: ObjectRecord,
  change: StatusChange,
): TransitionMessage => ({
  kind,
  account,
  ...omitUndefined({ id: idInTraces(id), operationId: origin?.operationId }),
  ...change,
  to,
})

const textIn = (fields: Json | undefined, name: string): string | undefined => {
  const value = isObject(fields) ? fields[name] : undefined
  return typeof value === 'string' ? value : undefined
}

/** Account and operation stand beside the object in an event about an operation, and in the object in others. */
const eventMessageOf = ({ id, type, payload }: EventRecord): EventMessage => {
  const about = isObject(payload) && isObject(payload.object) ? payload.object : payload
  return {
    type,
    ...omitUndefined({
      eventId: idInTraces(id),
      account: textIn(about, 'account'),
      operationId: textIn(about, 'operationId'),
    }),
  }
}

/** Publishes what was committed: statuses that changed, and events. */
const publish = (writes: readonly Write[]): void => {
  for (const write of writes) {
    if (write.write === 'event') moments.event.publish(() => eventMessageOf(write.event))
    if (write.write !== 'new_object' && write.write !== 'object') continue
    const { object, change } = write
    if (change !== undefined) moments.transition.publish(() => transitionOf(object, change))
  }
}

const hasSubscribers = (): boolean => moments.event.hasSubscribers() || moments.transition.hasSubscribers()

/** A store whose commits are traced, and whose committed changes are published, to those that listen. */
export const tracingStore = (store: Store, name: StoreName): Store => ({
  ...store,
  commit: (writes) => {
    const commit = store.commit(writes)
    return async () => {
      const committed = await traced(
        'commit',
        () => ({ store: name, writes: writes.length }),
        () => commit(),
        endOfCommit,
      )
      if (hasSubscribers() && E.isRight(committed) && committed.right.done) publish(writes)
      return committed
    }
  },
})
