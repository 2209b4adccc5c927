import { compile } from './compile.js'
import { servesAShop } from './serves-a-shop.js'

servesAShop('bun', (folder) => compile(folder, 'bun', 'server.ts'))
