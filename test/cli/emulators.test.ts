import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
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

describe('paymux emulators, as a process,', () => {
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

  it('stops when npm, which started it, is gone', async () => {
    const starter = `require('node:child_process').spawn(process.execPath, ['--import', 'tsx', 'src/cli/paymux.ts', 'emulators'], { stdio: 'inherit' })`
    const npm = spawn(process.execPath, ['-e', starter], { env: { ...process.env, npm_lifecycle_event: 'emulators' } })
    await once(npm.stdout, 'data')
    npm.kill('SIGKILL')
    // The emulators hold the other end of the pipe until they end.
    await once(npm, 'close')
  })
})
