/** Joins the rooms: what the package offers beside core. */
export { createAdapter, createProvider } from './create-adapter.js'
export { type Paymux, type PaymuxOptions, paymux } from './paymux.js'
