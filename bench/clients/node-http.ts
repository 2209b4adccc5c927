import { Agent, type RequestOptions, request } from 'node:http'
import { type Answer, handWritten } from '../hand-written.js'
import { serveSlices } from '../slices.js'

/** By hand, with nothing but Node: as little as a call can cost. */
const { hostname, port } = new URL(process.argv[2] ?? '')
const agent = new Agent({ keepAlive: true })

const exchange = <Body>(options: RequestOptions, text?: string): Promise<Answer<Body>> =>
  new Promise((resolve, reject) => {
    request({ ...options, hostname, port, agent }, (response) => {
      response.setEncoding('utf8')
      let received = ''
      response.on('data', (chunk: string) => {
        received += chunk
      })
      response.on('end', () => resolve({ headers: response.headers, body: JSON.parse(received) }))
      response.on('error', reject)
    })
      .on('error', reject)
      .end(text)
  })

serveSlices(
  handWritten({
    get: (path, headers) => exchange({ method: 'GET', path, headers }),
    post: (path, headers, body) => {
      const text = JSON.stringify(body)
      const framing = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      return exchange({ method: 'POST', path, headers: { ...headers, ...framing } }, text)
    },
  }),
)
