export * from './core/index.js'
export * from './paymux/index.js'
