export * from './orders.js'
export * from './payouts.js'
