import { fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { EndSignal } from '../../src/paymux/close-on.js'
import type { Closing } from './closing-process.js'
import { closeShops, configurationOn, left, openShop, order, right } from './stage.js'
import { useStage } from './use-stage.js'

const stage = useStage()

afterEach(closeShops)

const HOURS = 10_000_000

/** Starts a process, sends it signals while its subscriber is at work, and gives what it said and how it ended. */
const ending = async (closing: Omit<Closing, 'config'>, ...signals: readonly NodeJS.Signals[]) => {
  const child = fork(resolve('test/paymux/closing-process.ts'), {
    execArgv: ['--import', 'tsx'],
    env: { PATH: process.env.PATH, ...stage.env },
  })
  const said: unknown[] = []
  child.on('message', (message) => said.push(message))
  const exited = once(child, 'exit')
  child.send({ config: configurationOn(stage), ...closing })
  await once(child, 'message')
  for (const signal of signals) child.kill(signal)
  const [, signal] = await exited
  return { said, signal }
}

describe('a process that closes on a signal', () => {
  it('ends by the signal, after what was running', async () => {
    expect(await ending({ graceMs: 100_000, takesMs: 100 }, 'SIGTERM')).toEqual({
      said: ['begun', 'done'],
      signal: 'SIGTERM',
    })
  })

  it('ends when the grace is over, whatever runs', async () => {
    expect(await ending({ graceMs: 100, takesMs: HOURS }, 'SIGTERM')).toEqual({ said: ['begun'], signal: 'SIGTERM' })
  })

  it('ends by a second signal at once', async () => {
    expect(await ending({ graceMs: 600_000, takesMs: HOURS }, 'SIGTERM', 'SIGINT')).toEqual({
      said: ['begun'],
      // Two that come at once are told in the order that the system likes.
      signal: expect.stringMatching(/^SIG(TERM|INT)$/),
    })
  })
})

describe('closeOn', () => {
  const listeners = () => process.listenerCount('SIGHUP')

  it('listens to nothing before it is called, nor after what it gives was', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const before = listeners()
    await right(shop.start())
    await right(shop.createPayment(order('close-on')))
    expect(listeners()).toBe(before)
    const remove = await right(shop.closeOn(['SIGHUP']))
    expect(listeners()).toBe(before + 1)
    remove()
    expect(listeners()).toBe(before)
  })

  it('takes signals that ask a process to end, and a grace', async () => {
    const shop = await openShop(stage, configurationOn(stage))
    const before = listeners()
    for (const signals of [['SIGKILL'], 'SIGHUP', [1]])
      expect(await left(shop.closeOn(signals as EndSignal[]))).toMatchObject({ _tag: 'InvalidRequest' })
    expect(await left(shop.closeOn(['SIGHUP'], { graceMs: 1 }))).toMatchObject({
      issues: [{ path: 'options.graceMs' }],
    })
    expect(listeners()).toBe(before)
  })
})
