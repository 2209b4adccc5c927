import { Agent, request } from 'node:http'
import { deliveredAt, notificationOf } from '../notifications.js'
import { serve } from '../serve.js'

/** Deliveries to make, numbered on from `from`. */
export interface Deliveries {
  readonly url: string
  readonly from: number
  readonly times: number
  readonly connections: number
}

const agent = new Agent({ keepAlive: true })

const post = (url: string, body: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`answered ${response.statusCode}`))
      })
    })
      .once('error', reject)
      .end(body)
  })

const deliver = async ({ url, from, times, connections }: Deliveries) => {
  const latencies: number[] = []
  let next = from
  const one = async (): Promise<void> => {
    while (next < from + times) {
      const body = notificationOf(deliveredAt(next))
      next += 1
      const began = performance.now()
      await post(url, body)
      latencies.push(performance.now() - began)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: connections }, one))
  return { wall: performance.now() - began, latencies }
}

serve({}, deliver)
