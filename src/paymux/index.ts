/** Joins the rooms: what the package offers beside core. */
export type { ConfigurationFile } from '../orchestrator/index.js'
export { createAdapter, createProvider } from './create-adapter.js'
export { type Paymux, type PaymuxOptions, paymux } from './paymux.js'
