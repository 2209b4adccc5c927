import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import type { Host, OutputStream } from '../../src/cli/host.js'
import { runProgram } from '../../src/cli/run-program.js'
import type { PaymuxConfig } from '../../src/paymux/index.js'
import type { Stage } from '../paymux/stage.js'

/** What a run of the command came to. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** How the command is run. */
export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** Whether stdin, stdout and stderr are terminals. Default: none is. */
  readonly isTTY?: boolean
  readonly columns?: number
  /** What a person types, by the question that it answers. */
  readonly answers?: Readonly<Record<string, string>>
  readonly untilStopped?: Host['untilStopped']
  /** Called with each text that is written. */
  readonly onWrite?: (text: string) => void
}

const never: Host['untilStopped'] = () => new Promise(() => {})

/** Runs the command in this process. */
export const runCli = async (argv: readonly string[], options: RunOptions): Promise<Ran> => {
  const { cwd, env = {}, isTTY = false, columns = 80, untilStopped = never, onWrite = () => undefined } = options
  const texts = { stdout: '', stderr: '' }
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => undefined })
  const unanswered = new Map(Object.entries(options.answers ?? {}))
  const answer = (text: string): void => {
    for (const [question, keys] of unanswered)
      if (text.includes(question)) {
        unanswered.delete(question)
        // The prompt listens once what it writes has been written.
        setImmediate(() => stdin.write(keys))
      }
  }
  const stream = (name: 'stdout' | 'stderr'): OutputStream => {
    const writable = new Writable({
      decodeStrings: false,
      write: (text, _encoding, done) => {
        texts[name] += text
        onWrite(text)
        answer(text)
        done()
      },
    })
    return Object.assign(writable, { isTTY, columns })
  }
  const code = await runProgram({
    argv,
    env,
    cwd,
    stdin,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    version: () => '0.0.0',
    untilStopped,
  })
  return { code, ...texts }
}

let configurations = 0

/** A runner for a configuration, which is written to a file of the stage. */
export const commandOn = (stage: Stage, config: PaymuxConfig, more: Partial<RunOptions> = {}) => {
  configurations += 1
  const file = join(stage.folder, `config-${configurations}.json`)
  writeFileSync(file, JSON.stringify(config))
  return (...argv: readonly string[]): Promise<Ran> =>
    runCli([...argv, ...(takesConfig(argv) ? ['--config', file] : [])], { cwd: stage.folder, env: stage.env, ...more })
}

const withoutConfig = ['secret', 'diagram', 'init', 'completion']

const takesConfig = ([name = '']: readonly string[]): boolean => !withoutConfig.includes(name)

/** The one JSON document of stdout. */
export const documentOf = ({ stdout }: Ran): unknown => {
  const lines = stdout.trimEnd().split('\n')
  if (lines.length !== 1) throw new Error(`${lines.length} lines are no JSON document`)
  return JSON.parse(lines[0] ?? '')
}

/** The shape of a document: each value by its type, each list by the shapes in it. */
export const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const shapes = new Map(value.map((entry) => [JSON.stringify(shapeOf(entry)), shapeOf(entry)]))
    return [...shapes.keys()].sort().map((key) => shapes.get(key))
  }
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, field]) => [name, shapeOf(field)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}
