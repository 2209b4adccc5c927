import { bundleServer } from './bundle.js'
import { succeed } from './packed.js'
import { servesAShop } from './serves-a-shop.js'

servesAShop('esbuild', (folder) => bundleServer(folder, () => succeed(folder, 'npm', 'run', 'build')))
