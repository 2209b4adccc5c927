import { Agent } from 'node:http'
import axios from 'axios'
import { handWritten } from '../hand-written.js'
import { serveSlices } from '../slices.js'

/** By hand, with axios as its documentation has it and connections kept alive. */
const client = axios.create({
  baseURL: process.argv[2] ?? '',
  httpAgent: new Agent({ keepAlive: true }),
  timeout: 30_000,
})

serveSlices(
  handWritten({
    get: async (path, headers) => {
      const { headers: answered, data } = await client.get(path, { headers })
      return { headers: answered, body: data }
    },
    post: async (path, headers, body) => {
      const { headers: answered, data } = await client.post(path, body, { headers })
      return { headers: answered, body: data }
    },
  }),
)
