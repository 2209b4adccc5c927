import { createClock } from '../../../src/emulators/kit/clock.js'

const clockAt = (startAt: number) => createClock({ startAt, manual: true })

describe('the clock of an emulator', () => {
  it('moves only by advance when it is manual', async () => {
    const clock = clockAt(1_000)
    expect(clock.now()).toBe(1_000)
    await clock.advance(500)
    expect(clock.now()).toBe(1_500)
  })

  it('runs in real time when it is not manual', async () => {
    const clock = createClock({ startAt: 0 })
    await new Promise<void>((resolve) => clock.after(20, resolve))
    expect(clock.now()).toBeGreaterThanOrEqual(20)
    clock.stop()
  })

  it('runs what falls due in the order of its time, at its time', async () => {
    const clock = clockAt(0)
    const seen: string[] = []
    clock.after(200, () => void seen.push(`second at ${clock.now()}`))
    clock.after(100, () => void seen.push(`first at ${clock.now()}`))
    clock.after(300, () => void seen.push('too late'))
    await clock.advance(250)
    expect(seen).toEqual(['first at 100', 'second at 200'])
  })

  it('awaits each task and runs what it schedules, if that falls due as well', async () => {
    const clock = clockAt(0)
    const seen: number[] = []
    const everyMinute = async (): Promise<void> => {
      await Promise.resolve()
      seen.push(clock.now())
      clock.after(60_000, everyMinute)
    }
    clock.after(60_000, everyMinute)
    await clock.advance(180_000)
    expect(seen).toEqual([60_000, 120_000, 180_000])
  })

  it('does not run what was cancelled, nor anything after stop', async () => {
    const clock = clockAt(0)
    const seen: string[] = []
    clock.after(10, () => void seen.push('cancelled'))()
    clock.after(10, () => void seen.push('stopped'))
    clock.stop()
    clock.after(10, () => void seen.push('after stop'))
    await clock.advance(100)
    expect(seen).toEqual([])
  })

  it('is idle when no task is running', async () => {
    const clock = createClock()
    let finish = () => {}
    let done = false
    const started = new Promise<void>((resolve) =>
      clock.after(0, async () => {
        resolve()
        await new Promise<void>((release) => {
          finish = release
        })
        done = true
      }),
    )
    await started
    setImmediate(() => finish())
    await clock.idle()
    expect(done).toBe(true)
    clock.stop()
  })
})
