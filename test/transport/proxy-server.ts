import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A forward proxy on a real socket. */
export interface ProxyServer {
  /** Host and port. */
  readonly at: string
  /** The head of every request that it got. */
  readonly heads: readonly string[]
  /** Every byte that went through, both ways. */
  readonly passed: () => string
  readonly close: () => Promise<void>
}

type Answer = (client: Socket) => void

const tunnelTo = (client: Socket, target: string, pass: (bytes: Buffer) => void): void => {
  const [, host = '', port] = /^(.*):(\d+)$/.exec(target) ?? []
  const gateway = connect(Number(port), host.replace(/^\[|\]$/g, ''), () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    client.on('data', pass).pipe(gateway)
    gateway.on('data', pass).pipe(client)
  })
  gateway.on('error', () => client.destroy())
  client.on('close', () => gateway.destroy())
  gateway.on('close', () => client.destroy())
}

/** Makes tunnels, or does what `answer` does instead. */
export const proxyServer = async (answer?: Answer): Promise<ProxyServer> => {
  const heads: string[] = []
  let passed = ''
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    sockets.add(client)
    client.on('error', () => {})
    client.once('data', (bytes) => {
      const head = bytes.toString('latin1')
      heads.push(head)
      if (answer !== undefined) answer(client)
      else
        tunnelTo(client, head.split(' ')[1] ?? '', (more) => {
          passed += more.toString('latin1')
        })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    at: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    heads,
    passed: () => passed,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
