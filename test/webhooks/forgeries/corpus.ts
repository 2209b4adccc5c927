import { addresses } from './addresses.js'
import { bodies } from './bodies.js'
import type { Forgery } from './forgery.js'
import { senders } from './senders.js'

/** Every curated forgery. */
export const corpus: readonly Forgery[] = [...bodies, ...addresses, ...senders]
