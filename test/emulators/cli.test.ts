import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import nock from 'nock'

interface Run {
  readonly child: ChildProcess
  /** Everything printed so far, once it matches. */
  readonly printed: (pattern: RegExp) => Promise<string>
  /** Exit code and what went to stderr. */
  readonly ended: Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>
}

const run = (...flags: readonly string[]): Run => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/emulators/cli.ts', ...flags])
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  return {
    child,
    printed: async (pattern) => {
      while (!pattern.test(stdout)) await once(child.stdout, 'data')
      return stdout
    },
    ended: once(child, 'close').then(([code]: readonly unknown[]) => ({ code, stdout, stderr })),
  }
}

describe('npm run emulators', () => {
  beforeAll(() => nock.restore())

  it('prints one line of JSON, serves both gateways, and stops cleanly', async () => {
    const { child, printed, ended } = run('--json')
    const places = JSON.parse(await printed(/\n/))
    expect(Object.keys(places)).toEqual(['payop', 'ippopay'])
    expect(places.payop.credentials).toEqual({
      publicKey: expect.any(String),
      secretKey: expect.any(String),
      token: expect.any(String),
      projectId: expect.any(String),
      certificate: expect.any(String),
    })
    for (const { apiUrl, checkoutUrl, adminUrl } of [places.payop, places.ippopay]) {
      expect(new URL(apiUrl).origin).toBe(apiUrl)
      expect(new URL(checkoutUrl).origin).toBe(checkoutUrl)
      expect((await fetch(`${adminUrl}/log`)).status).toBe(200)
    }
    child.kill('SIGTERM')
    const { code, stdout, stderr } = await ended
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stderr).toBe('')
  })

  it('prints what is where for people', async () => {
    const { child, printed, ended } = run()
    const text = await printed(/Ctrl-C/)
    expect(text).toMatch(/^Payop\n {2}API +http:\/\/127\.0\.0\.1:\d+\n {2}payer's pages +http/)
    expect(text).toMatch(/\nIppoPay\n[\s\S]*payouts\.secretKey/)
    child.kill('SIGINT')
    expect((await ended).code).toBe(0)
  })

  it('stops when npm, which started it, is gone', async () => {
    const starter = `require('node:child_process').spawn(process.execPath, ['--import', 'tsx', 'src/emulators/cli.ts'], { stdio: 'inherit' })`
    const npm = spawn(process.execPath, ['-e', starter], { env: { ...process.env, npm_lifecycle_event: 'emulators' } })
    await once(npm.stdout, 'data')
    npm.kill('SIGKILL')
    // The emulators hold the other end of the pipe until they end.
    await once(npm, 'close')
  })

  it.each([
    [['--nope'], "Unknown option '--nope'"],
    [['--payop-port', 'http'], '--payop-port takes a port number from 1 to 65533'],
    [['--payop-ipn-url', 'nowhere'], '--payop-ipn-url takes an address'],
  ])('%j is refused with exit code 2', async (flags, message) => {
    const { code, stdout, stderr } = await run(...flags).ended
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).toContain('--json')
  })

  it('says so when a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { code, stderr } = await run('--payop-port', port).ended
    server.close()
    expect(code).toBe(1)
    expect(stderr).toContain('EADDRINUSE')
  })
})
