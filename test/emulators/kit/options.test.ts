import { InvalidInput, startIppoPayEmulator, startPayopEmulator } from '../../../src/emulators/index.js'

/** Starts an emulator with options as a program without types hands them over. */
const starting = async (start: () => Promise<{ readonly close: () => Promise<void> }>): Promise<unknown> => {
  try {
    await (await start()).close()
    return 'started'
  } catch (error) {
    return error
  }
}

const untyped = (options: unknown): object => Object(options)

describe('what an emulator is started with', () => {
  it.each([
    ['ports', { ports: { api: 65_536 } }, 'ports.api: expected a port number'],
    ['ports', { ports: { api: '4010' } }, 'ports.api: expected a port number'],
    ['ports', { ports: { pages: 1 } }, 'ports: unknown setting; there are: api, checkout, admin'],
    ['clock', { clock: { startAt: Number.NaN } }, 'clock.startAt: expected whole milliseconds'],
    ['clock', { clock: { manual: 'yes' } }, 'clock.manual: expected true or false'],
    ['notifications', { notifications: { duplicate: -1 } }, 'notifications.duplicate: expected a whole number from 0'],
    ['notifications', { notifications: { delayMs: 'soon' } }, 'notifications.delayMs: expected whole milliseconds'],
    ['notifications', { notifications: { droop: true } }, 'notifications: unknown setting; there are: duplicate'],
    ['notifications', { notifications: [] }, 'notifications: expected an object of settings'],
    ['behaviour', { behaviour: { nothing: 1 } }, 'unknown setting'],
  ])('refuses wrong %s at both gateways: %j', async (_, options, message) => {
    for (const start of [startPayopEmulator, startIppoPayEmulator]) {
      const error = await starting(() => start(untyped(options)))
      expect(error).toBeInstanceOf(InvalidInput)
      expect(error).toHaveProperty('message', expect.stringContaining(message))
    }
  })

  it.each([
    [{ checkout: 'nowhere' }, 'ipnUrls.checkout: expected an http or https address, or null'],
    [{ refund: 'ftp://127.0.0.1/ipn' }, 'ipnUrls.refund: expected an http or https address, or null'],
    [{ payout: null }, 'ipnUrls: unknown setting; there are: checkout, refund, withdrawal'],
  ])('refuses wrong ipnUrls at the start and later: %j', async (ipnUrls, message) => {
    const error = await starting(() => startPayopEmulator({ ipnUrls: untyped(ipnUrls) }))
    expect(error).toHaveProperty('message', message)
    const payop = await startPayopEmulator()
    expect(() => payop.setIpnUrls(untyped(ipnUrls))).toThrow(message)
    await payop.close()
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '100'])('refuses a balance of %p', async (balancePaise) => {
    const error = await starting(() => startIppoPayEmulator(untyped({ balancePaise })))
    expect(error).toHaveProperty('message', 'balancePaise: expected whole paise from 0')
  })

  it('refuses a fault that does not exist', async () => {
    const payop = await startPayopEmulator()
    expect(() => payop.inject({ route: 'everything', fault: { kind: 'half_answer' } })).toThrow('route: expected')
    await payop.close()
  })
})
