import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

export const root = fileURLToPath(new URL('..', import.meta.url))

const compiled = (file: URL): string => {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(file)],
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'iife',
    // Without the repository's paths: `paymux` is the built package, as its users have it.
    tsconfigRaw: {},
    write: false,
  })
  return outputFiles.map(({ text }) => text).join('')
}

export interface Launched<Hello, Question, Answer> {
  /** The first thing that the process said. */
  readonly hello: Hello
  readonly ask: (question: Question) => Promise<Answer>
  readonly stop: () => void
}

/**
 * Runs a file in a plain Node process, which ends when it is disconnected. Compiled beforehand rather than run by tsx, whose helper around every function
 * would slow down the hand-written clients.
 */
export const launch = async <Hello, Question extends object = never, Answer = never>(
  file: URL,
  flags: readonly string[] = [],
  args: readonly string[] = [],
): Promise<Launched<Hello, Question, Answer>> => {
  const child: ChildProcess = spawn(process.execPath, [...flags, '-', ...args], {
    cwd: root,
    stdio: ['pipe', 'inherit', 'inherit', 'ipc'],
  })
  const ended = new AbortController()
  child.once('exit', () => ended.abort())
  child.stdin?.end(compiled(file))
  const nextMessage = async () => {
    const [message] = await once(child, 'message', { signal: ended.signal })
    return message
  }
  return {
    hello: await nextMessage(),
    ask: (question) => {
      child.send(question)
      return nextMessage()
    },
    stop: () => child.disconnect(),
  }
}
