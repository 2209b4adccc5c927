import http from 'node:http'
import https from 'node:https'
import { createSend } from '../../src/transport/index.js'
import { account, once, read } from './wire.js'

/** What came of asking one origin: a status or an error. */
export interface Outcome {
  readonly send: unknown
  readonly node: unknown
}

/**
 * Run in a process whose environment switches protections off: asks each origin named in the arguments through the
 * transport and, to show that the environment works, by Node's own client as it is. Prints what came of it.
 */
const bySend = async (origin: string): Promise<unknown> => {
  const trusted = origin.endsWith('#trusted') ? once : { retries: 0 }
  const result = await createSend(account(origin.replace(/#.*/, '')), trusted)(read)()
  return result._tag === 'Right' ? result.right.status : result.left
}

const byNode = (origin: string): Promise<unknown> =>
  new Promise((resolve) => {
    const client = origin.startsWith('https:') ? https : http
    client
      .get(`${origin.replace(/#.*/, '')}/v1/read`, { agent: false }, (response) =>
        resolve(response.resume().statusCode),
      )
      .on('error', resolve)
  })

const outcomes: Outcome[] = []
for (const origin of process.argv.slice(2)) outcomes.push({ send: await bySend(origin), node: await byNode(origin) })
process.stdout.write(JSON.stringify(outcomes))
