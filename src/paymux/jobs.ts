import type { Job } from '../ledger/index.js'
import { type Context, type Delivery, deliverEvents, recoverOperation, redeliverEvent } from '../orchestrator/index.js'

/** Runs the jobs that the store gives to a worker: recovery of an operation, the delivery of events, once more of one. */
export const createJobRunner =
  (context: Context, delivery: Delivery): ((job: Job) => Promise<void>) =>
  (job) => {
    switch (job.job) {
      case 'operation':
        return recoverOperation(job.id, context)
      case 'events':
        return deliverEvents(job.subject, delivery)
      case 'redelivery':
        return redeliverEvent(job.id, delivery)
    }
  }
