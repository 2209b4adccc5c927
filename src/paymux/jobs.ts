import { createReadBudget, type Job } from '../ledger/index.js'
import {
  type Context,
  createObjectReader,
  type Delivery,
  deliverEvents,
  recoverOperation,
} from '../orchestrator/index.js'

/**
 * Runs the jobs that the store gives to a worker: recovery of an operation, the read of an object, the delivery of events. It
 * makes at most `readsPerSecond` reads per account and second.
 */
export const createJobRunner = (
  context: Context,
  delivery: Delivery,
  readsPerSecond: number,
): ((job: Job) => Promise<void>) => {
  const readObject = createObjectReader(context, createReadBudget({ perSecond: readsPerSecond, burst: readsPerSecond }))
  return (job) => {
    switch (job.job) {
      case 'operation':
        return recoverOperation(job.id, context)
      case 'object':
        return readObject(job.object)
      case 'events':
        return deliverEvents(job.subject, delivery)
    }
  }
}
