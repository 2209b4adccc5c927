import { compile } from './compile.js'
import { servesAShop } from './serves-a-shop.js'

servesAShop('hono', (folder) => compile(folder, 'node', 'server.ts'))
