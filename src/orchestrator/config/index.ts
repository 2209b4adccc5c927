/** The configuration: what the file may hold, how it is read, and how two of them differ. */
export type * from './configuration.js'
export { decodeConfiguration, inAccount } from './decode-configuration.js'
export { type Difference, difference, differences } from './difference.js'
export type { Environment } from './env.js'
export type { ConfigurationFile } from './file.js'
export { anotherIdentity } from './identity.js'
