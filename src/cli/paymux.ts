#!/usr/bin/env node
import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Host } from './host.js'
import { runProgram } from './run-program.js'

/** The entry of the command `paymux`: the process as the host of the program. */

const signals = ['SIGINT', 'SIGTERM'] as const

let stoppedBy: (typeof signals)[number] | undefined

const PARENT_POLL_MS = 500

/** Resolves when the process that started this one has ended. npm and npx pass SIGTERM to their shell only. */
const parentEnded = (signal: AbortSignal): Promise<void> => {
  const parent = process.ppid
  return new Promise((done) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(timer)
      done()
    }, PARENT_POLL_MS)
    timer.unref()
    signal.addEventListener('abort', () => clearInterval(timer))
  })
}

const untilStopped: Host['untilStopped'] = async () => {
  const stop = new AbortController()
  const stopping = signals.map(async (name) => {
    await once(process, name, { signal: stop.signal }).catch(() => undefined)
    return name
  })
  const underNpm = process.env.npm_lifecycle_event !== undefined
  const signal = await Promise.race([
    ...stopping,
    ...(underNpm ? [parentEnded(stop.signal).then(() => 'SIGTERM' as const)] : []),
  ])
  // A second signal ends the process at once.
  stop.abort()
  stoppedBy = signal
  return signal
}

// Who reads the output may have seen enough: `paymux list --all | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exitCode = error.code === 'EPIPE' ? 0 : 1
  process.exit()
})

process.exitCode = await runProgram({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  version: () => String(Object(createRequire(import.meta.url)('../../package.json')).version),
  untilStopped,
})
if (stoppedBy !== undefined) process.kill(process.pid, stoppedBy)
