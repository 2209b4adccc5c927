import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import nock from 'nock'

interface Run {
  readonly child: ChildProcess
  readonly printed: (pattern: RegExp) => Promise<void>
  readonly ended: Promise<{ readonly code: unknown; readonly output: string }>
}

const demo = (...flags: readonly string[]): Run => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/demo/demo.ts', ...flags])
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  return {
    child,
    printed: async (pattern) => {
      while (!pattern.test(output)) await once(child.stdout, 'data')
    },
    ended: once(child, 'close').then(([code]: readonly unknown[]) => ({ code, output })),
  }
}

describe('npm run demo', () => {
  beforeAll(() => nock.restore())

  it('ends with both accounts agreeing with the gateways, and prints nothing confidential', async () => {
    const { code, output } = await demo().ended
    expect(output.match(/all 5 agree with the gateway's own record/g)).toHaveLength(2)
    expect(code).toBe(0)
    for (const account of ['europe', 'india'])
      for (const step of [
        'payment  succeeded',
        'a forged notification said paid; the read says no: ignored',
        'the gateway executed the payout and does not answer: kill -9 of the shop, now',
        'it was under way when the shop died: found by its key',
        'the same key as before: nothing was sent',
        'payout   succeeded',
      ])
        expect(output.split('\n').some((line) => line.includes(account) && line.includes(step))).toBe(true)
    // The made-up credentials of the emulators, and the people of the demo. IppoPay's public key is part of every link.
    for (const confidential of [
      '0123456789abcdef01234567',
      'eyJ',
      'sk_live',
      'emulator-payouts-live-secret',
      'Ann',
      'Buyer',
      'example.com',
      '9876543210',
      '000111222333',
      'Asha',
    ])
      expect(output).not.toContain(confidential)
  })

  it('leaves the pages up with --keep, prints their links, and stops when told', async () => {
    const { child, printed, ended } = demo('--keep')
    await printed(/Ctrl-C stops/)
    child.kill('SIGTERM')
    const { code, output } = await ended
    expect(output).toMatch(/^europe: http:\/\/127\.0\.0\.1:\d+\/en\/payment\/invoice-preprocessing\/\S+$/m)
    expect(output).toMatch(/^india: http:\/\/127\.0\.0\.1:\d+\/order\/\S+$/m)
    expect(output).toMatch(/payop: .*http:\/\/127\.0\.0\.1:\d+/)
    expect(output).toMatch(/ippopay: .*http:\/\/127\.0\.0\.1:\d+/)
    expect(code).toBe(0)
  })

  it('knows no other flag', async () => {
    const { code, output } = await demo('--kep').ended
    expect(code).toBe(2)
    expect(output).toContain('Usage: npm run demo [-- --keep]')
  })
})
