/** The one module that opens sockets to gateways: core's `Send`, over an axios instance with an adapter of its own. */
export { noConnect } from './connect.js'
export type { Destinations } from './destinations.js'
export type { TransportOptions } from './options.js'
export { createSend } from './send.js'
