import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import nock from 'nock'

interface Run {
  readonly child: ChildProcess
  /** Everything printed so far, once it matches. */
  readonly printed: (pattern: RegExp) => Promise<string>
  /** Exit code or signal, and what was printed. */
  readonly ended: Promise<{ readonly code: unknown; readonly stdout: string; readonly stderr: string }>
}

const run = (...flags: readonly string[]): Run => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/paymux.ts', 'emulators', ...flags], {
    env: { ...process.env, npm_lifecycle_event: undefined },
  })
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
    ended: once(child, 'close').then(([code, signal]: readonly unknown[]) => ({
      code: code ?? signal,
      stdout,
      stderr,
    })),
  }
}

describe('paymux emulators', () => {
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
    expect(code).toBe('SIGTERM')
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stderr).toContain('No money moves here')
  })

  it('prints the variables that lead to them', async () => {
    const { child, printed, ended } = run()
    expect(await printed(/IPPOPAY_PAYOUTS_SECRET_KEY=/)).toMatch(/^PAYOP_API_URL=http:\/\/127\.0\.0\.1:\d+\n/)
    child.kill('SIGINT')
    expect((await ended).code).toBe('SIGINT')
  })

  describe('with --env', () => {
    let file: string
    beforeEach(() => {
      file = join(mkdtempSync(join(tmpdir(), 'paymux-env-')), '.env')
    })
    afterEach(() => rmSync(join(file, '..'), { recursive: true }))

    const written = async (...flags: readonly string[]) => {
      const { child, ended } = run('--env', file, ...flags)
      child.stderr?.on('data', (text) => String(text).includes('No money') && child.kill())
      return ended
    }

    it('writes them to the file, keeps what else is there, and the ledger key for good', async () => {
      writeFileSync(file, '# mine\nPORT=8080\nPAYOP_API_URL=\n')
      expect((await written()).code).toBe('SIGTERM')
      const text = readFileSync(file, 'utf8')
      expect(text).toMatch(/^# mine\nPORT=8080\nPAYOP_API_URL=http:\/\/127\.0\.0\.1:\d+\n/)
      const keyOf = (env: string) => /^PAYMUX_ENCRYPTION_KEY=(\S{44})$/m.exec(env)?.[1]
      expect(keyOf(text)).toBeDefined()
      await written()
      expect(keyOf(readFileSync(file, 'utf8'))).toBe(keyOf(text))
    })

    it('does not replace credentials of a gateway without a confirmation', async () => {
      const live = 'PAYOP_API_URL=https://api.payop.com\nPAYOP_PUBLIC_KEY=application-made-up\n'
      writeFileSync(file, live)
      const { code, stderr } = await written()
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Give --yes') })
      expect(readFileSync(file, 'utf8')).toBe(live)
    })
  })

  it('stops when npm, which started it, is gone', async () => {
    const starter = `require('node:child_process').spawn(process.execPath, ['--import', 'tsx', 'src/cli/paymux.ts', 'emulators'], { stdio: 'inherit' })`
    const npm = spawn(process.execPath, ['-e', starter], { env: { ...process.env, npm_lifecycle_event: 'emulators' } })
    await once(npm.stdout, 'data')
    npm.kill('SIGKILL')
    // The emulators hold the other end of the pipe until they end.
    await once(npm, 'close')
  })

  it.each([
    [['--nope'], "unknown option '--nope'"],
    [['--payop-port', 'http'], '--payop-port is a port from 1 to 65533'],
    [['--payop-ipn-url', 'nowhere'], '--payop-ipn-url is an address'],
  ])('%j is refused with exit code 2', async (flags, message) => {
    const { code, stdout, stderr } = await run(...flags).ended
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
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
