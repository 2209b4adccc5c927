import { closeOn, type EndSignal, endSignals } from '../../src/paymux/close-on.js'

const ended: unknown[] = []
let kill: jest.SpyInstance
beforeEach(() => {
  jest.useFakeTimers()
  ended.length = 0
  kill = jest.spyOn(process, 'kill').mockImplementation((pid, signal) => {
    ended.push([pid, signal])
    return true
  })
})
afterEach(() => {
  kill.mockRestore()
  jest.useRealTimers()
  for (const signal of endSignals) process.removeAllListeners(signal)
})

const listeners = () => endSignals.map((signal) => process.listenerCount(signal))
const send = (signal: EndSignal) => process.emit(signal, signal)
/** What stops when it is told to. */
const stopping = () => {
  let [stops, fails]: [() => void, (error: Error) => void] = [() => undefined, () => undefined]
  const calls: string[] = []
  const stop = () => {
    calls.push('stop')
    return new Promise<void>((done, fail) => {
      stops = done
      fails = fail
    })
  }
  return { stop, calls, stops: () => stops(), fails: () => fails(new Error('it does not stop')) }
}
const turn = () => jest.advanceTimersByTimeAsync(0)

it.each([
  ['once it has stopped', 'stops'],
  ['if it fails to stop', 'fails'],
] as const)('lets the signal have its way %s, and no sooner', async (_, outcome) => {
  const { stop, calls, ...stage } = stopping()
  closeOn(['SIGTERM', 'SIGINT'], stop)
  send('SIGTERM')
  await turn()
  expect({ calls, ended: [...ended] }).toEqual({ calls: ['stop'], ended: [] })
  stage[outcome]()
  await turn()
  expect(ended).toEqual([[process.pid, 'SIGTERM']])
  expect(listeners()).toEqual(endSignals.map(() => 0))
})

it('ends at once on a second signal, and by that one', async () => {
  const { stop, calls } = stopping()
  closeOn(['SIGTERM', 'SIGINT'], stop)
  send('SIGTERM')
  send('SIGINT')
  expect({ calls, ended }).toEqual({ calls: ['stop'], ended: [[process.pid, 'SIGINT']] })
})

it.each([
  ['25 seconds by default', undefined, 25_000],
  ['what is given', { graceMs: 5000 }, 5000],
])('waits no longer than the grace: %s', async (_, options, graceMs) => {
  closeOn(['SIGTERM'], stopping().stop, options)
  send('SIGTERM')
  await jest.advanceTimersByTimeAsync(graceMs - 1)
  expect(ended).toEqual([])
  await jest.advanceTimersByTimeAsync(1)
  expect(ended).toEqual([[process.pid, 'SIGTERM']])
})

it('sends the signal no second time if it stops after the grace: the process may listen to it, too', async () => {
  const { stop, stops } = stopping()
  closeOn(['SIGTERM'], stop, { graceMs: 100 })
  send('SIGTERM')
  await jest.advanceTimersByTimeAsync(100)
  kill.mockClear()
  stops()
  await turn()
  expect(kill).toHaveBeenCalledTimes(0)
})

it('listens to the signals that it is given, until what it gives is called', () => {
  const remove = closeOn(['SIGHUP', 'SIGQUIT'], stopping().stop)
  expect(listeners()).toEqual([0, 0, 1, 1, 0])
  remove()
  expect(listeners()).toEqual([0, 0, 0, 0, 0])
})
