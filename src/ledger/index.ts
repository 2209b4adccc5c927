/** The durable record: what it holds, the port of its stores, and what evidence makes of a recorded object. */

export * from './clock.js'
export * from './codecs.js'
export * from './encryption.js'
export * from './json.js'
export * from './lists.js'
export * from './object.js'
export * from './object-summary.js'
export * from './open-encryption.js'
export * from './records.js'
export * from './schedule.js'
export * from './store.js'
export { tracingStore } from './tracing-store.js'
