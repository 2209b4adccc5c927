import { once } from 'node:events'

const LOOK_EVERY_MS = 500

/** Resolves when the process that started this one is gone. npm passes SIGTERM to its shell only, which leaves us running. */
const orphaned = (): Promise<void> => {
  const parent = process.ppid
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return
      clearInterval(timer)
      resolve()
    }, LOOK_EVERY_MS)
    timer.unref()
  })
}

/** Resolves on SIGINT or SIGTERM or, under npm, when npm is gone. */
export const untilStopped = async (): Promise<void> => {
  const signals = [once(process, 'SIGINT'), once(process, 'SIGTERM')]
  await Promise.race(process.env.npm_lifecycle_event === undefined ? signals : [...signals, orphaned()])
}
