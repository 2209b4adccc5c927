import { isDeepStrictEqual } from 'node:util'
import { type Attacked, harmless, openAttacked } from '../webhooks/forgeries/attacked.js'
import { corpus } from '../webhooks/forgeries/corpus.js'
import type { Forgery } from '../webhooks/forgeries/forgery.js'
import { forgeries } from '../webhooks/forgeries/generate.js'
import type { Prove } from './proof.js'

/** How one was answered. `over quota`: it was to be stored, and the hour or its object had enough of its kind. */
const verdictOf = async (
  attacked: Attacked,
  forgery: Forgery,
): Promise<'stored or refused' | 'over quota' | 'wrong'> => {
  const { status, writes, states } = await attacked.send(forgery)
  if (!writes.every(({ write }) => harmless.includes(write))) return 'wrong'
  if (status === forgery.status && states.length === (status === 200 ? 1 : 0)) return 'stored or refused'
  return forgery.status === 200 && [200, 503].includes(status) && states.length === 0 ? 'over quota' : 'wrong'
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
    const counted = { curated: 0, generated: 0, 'over a quota': 0, 'not as it must be': 0 }
    const post = async (forgery: Forgery, kind: 'curated' | 'generated'): Promise<void> => {
      counted[kind] += 1
      const verdict = await verdictOf(attacked, forgery)
      if (verdict === 'over quota') counted['over a quota'] += 1
      if (verdict !== 'wrong') return
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
