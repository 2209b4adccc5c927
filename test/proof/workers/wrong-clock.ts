import type { Settings } from './messages.js'

/** Imported first: sets the clock of this process before anything reads it. */

const { clockAheadMs = 0 } = JSON.parse(process.env.MERCHANT ?? '{}') as Partial<Settings>
const machine = Date
const now = (): number => machine.now() + clockAheadMs

if (clockAheadMs !== 0)
  globalThis.Date = new Proxy(machine, {
    construct: (target, given) => Reflect.construct(target, given.length === 0 ? [now()] : given),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  })
