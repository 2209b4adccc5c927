import { compile } from './compile.js'
import { servesAShop } from './serves-a-shop.js'

servesAShop('nestjs', (folder) => compile(folder, 'node', '--experimentalDecorators', 'server.ts'))
