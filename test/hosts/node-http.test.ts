import { compile } from './compile.js'
import { servesAShop } from './serves-a-shop.js'

servesAShop('node-http', (folder) => compile(folder, 'node', 'server.ts'))
