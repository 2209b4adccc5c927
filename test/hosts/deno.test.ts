import { succeed } from './packed.js'
import { servesAShop } from './serves-a-shop.js'

servesAShop('deno', (folder) => succeed(folder, 'node_modules/.bin/deno', 'check', 'server.ts'))
