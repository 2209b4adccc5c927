import { compile } from './compile.js'
import { servesAShop } from './serves-a-shop.js'

servesAShop('effect', (folder) => compile(folder, 'node', 'server.ts'))
