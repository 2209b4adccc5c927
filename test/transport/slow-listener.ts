import { type ChildProcess, spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'

const listener = `
const server = require('node:net').createServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', () => socket.end('HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\nconnection: close\\r\\n\\r\\n{}'))
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))
`

/** A listener whose accept queue is full, so that TCP has to say hello again: after a second. */
export interface SlowListener {
  readonly port: number
  /** Takes connections again. */
  readonly wake: () => void
  readonly close: () => void
}

export const slowListener = async (): Promise<SlowListener> => {
  const child: ChildProcess = spawn(process.execPath, ['-e', listener], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve) => {
    child.stdout?.once('data', (line) => resolve(Number(line)))
  })
  child.kill('SIGSTOP')
  const waiting: Socket[] = []
  // More than the queue takes: the last of them stays without an answer.
  const fill = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.on('error', () => {})
      waiting.push(socket)
      setTimeout(() => resolve(false), 200)
    })
  while (await fill());
  const leave = (): void => {
    for (const socket of waiting) socket.destroy()
  }
  return {
    port,
    wake: () => {
      leave()
      child.kill('SIGCONT')
    },
    close: () => {
      leave()
      child.kill('SIGKILL')
    },
  }
}
