import { isDeepStrictEqual } from 'node:util'
import { type Attacked, harmless, openAttacked } from '../webhooks/forgeries/attacked.js'
import { corpus } from '../webhooks/forgeries/corpus.js'
import type { Forgery } from '../webhooks/forgeries/forgery.js'
import { forgeries } from '../webhooks/forgeries/generate.js'
import type { Prove } from './proof.js'

const isHarmless = async (attacked: Attacked, forgery: Forgery): Promise<boolean> => {
  const { status, writes, states } = await attacked.send(forgery)
  const rows = status === 200 ? 1 : 0
  return status === forgery.status && states.length === rows && writes.every(({ write }) => harmless.includes(write))
}

/**
 * Posts forged and mangled notifications, the curated ones and as many as a seed draws, at both adapters' addresses: each has
 * to be answered as it must be, to write no more than an entry and a refresh request, and to leave operations, objects and events as
 * they would be without it.
 */
export const run: Prove = async ({ long, seed, print }) => {
  const attacked = await openAttacked()
  try {
    const before = await attacked.ledger()
    const counted = { curated: 0, generated: 0, 'not as it must be': 0 }
    const post = async (forgery: Forgery, kind: 'curated' | 'generated'): Promise<void> => {
      counted[kind] += 1
      if (await isHarmless(attacked, forgery)) return
      counted['not as it must be'] += 1
      print(`not as it must be: ${forgery.name}`)
    }
    for (const forgery of corpus) await post(forgery, 'curated')
    for (const forgery of forgeries(seed, long ? 100_000 : 1_000)) await post(forgery, 'generated')
    const isSame = isDeepStrictEqual(await attacked.ledger(), before)
    print(isSame ? 'the ledger is what it was' : 'the ledger differs')
    return { name: 'forgeries', counted, passed: isSame && counted['not as it must be'] === 0 }
  } finally {
    await attacked.store.close()
  }
}
