import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import nock from 'nock'
import { withVariables } from '../../src/cli/env-file.js'
import { from, setups } from '../../src/cli/gateways.js'
import { documentOf, type RunOptions, runCli } from './run.js'

let folder: string
beforeAll(() => nock.restore())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymux-emulators-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Runs the emulators until they say that they run, and then `meanwhile`. */
const emulators = (argv: readonly string[] = [], meanwhile = async () => {}, more: Partial<RunOptions> = {}) => {
  let stop: () => void = () => undefined
  const running = new Promise<void>((done) => {
    stop = done
  })
  return runCli(['emulators', ...argv], {
    cwd: folder,
    untilStopped: async () => {
      await running
      await meanwhile()
      return 'SIGTERM'
    },
    onWrite: (text) => {
      if (text.startsWith('No money moves here')) stop()
    },
    ...more,
  })
}

const at = (name: string): string => join(folder, name)
const textOf = (name: string): string => readFileSync(at(name), 'utf8')
const variablesOf = (name: string): Readonly<Record<string, string>> => Object(parseEnv(textOf(name)))

const configure = (webhooks: object | undefined) =>
  writeFileSync(
    at('paymux.config.json'),
    JSON.stringify({
      accounts: {
        europe: setups.payop.account,
      },
      store: { type: 'sqlite', file: 'paymux.db' },
      ...(webhooks === undefined ? {} : { webhooks }),
    }),
  )

it('prints the variables that lead to emulators that run, until it is stopped', async () => {
  const addresses: string[] = []
  const ran = await emulators(
    [],
    async () => {
      for (const address of addresses) expect((await fetch(`${address}/nowhere`)).status).toBe(404)
    },
    {
      onWrite: (text) => {
        const [, address] = /^\w+_API_URL=(\S+)/.exec(text) ?? []
        if (address !== undefined) addresses.push(address)
      },
      untilStopped: async () => 'SIGINT',
    },
  )
  expect({ code: ran.code, stderr: ran.stderr }).toEqual({
    code: 0,
    stderr:
      'Notifications of Payop go nowhere: there is no configuration with webhooks. Payments are found by reads.\n' +
      'No money moves here. SIGINT or SIGTERM stops the emulators.\n',
  })
  expect(Object.keys(Object(parseEnv(ran.stdout)))).toContain('IPPOPAY_PAYOUTS_SECRET_KEY')
  expect(addresses).toHaveLength(2)
  for (const address of addresses) await expect(fetch(address)).rejects.toThrow()
})

it('takes the ports that it is given, each with its two neighbours', async () => {
  const ran = await emulators(['--payop-port', '24110', '--ippopay-port', '24120', '--json'])
  expect(documentOf(ran)).toMatchObject({
    payop: { apiUrl: 'http://127.0.0.1:24110', checkoutUrl: 'http://127.0.0.1:24111' },
    ippopay: { adminUrl: 'http://127.0.0.1:24122' },
  })
})

describe('with --env', () => {
  it('makes a file that only its owner reads, with what the configuration of init needs', async () => {
    const { stdout, stderr } = await emulators(['--env', '.env'])
    expect({ stdout, stderr }).toEqual({
      stdout: '',
      stderr: expect.stringContaining(`${at('.env')} leads to the emulators\n`),
    })
    expect(statSync(at('.env')).mode & 0o777).toBe(0o600)
    expect(variablesOf('.env')).toMatchObject({
      PAYOP_API_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      PAYMUX_ENCRYPTION_KEY: expect.stringMatching(/^\S{44}$/),
      PAYMUX_PUBLIC_URL: 'http://127.0.0.1:3000/paymux',
    })
  })

  it('keeps what else the file has, and the secrets of the ledger for good', async () => {
    writeFileSync(at('.env'), '# mine\nPORT=8080\nPAYOP_API_URL=\n')
    await emulators(['--env', '.env'])
    expect(textOf('.env')).toMatch(/^# mine\nPORT=8080\nPAYOP_API_URL=http:\/\/127\.0\.0\.1:\d+\n/)
    const { PAYMUX_ENCRYPTION_KEY, PAYMUX_WEBHOOK_SECRET } = variablesOf('.env')
    await emulators(['--env', '.env'])
    expect(variablesOf('.env')).toMatchObject({ PAYMUX_ENCRYPTION_KEY, PAYMUX_WEBHOOK_SECRET })
  })

  describe.each([
    ['of Payop', 'PAYOP_API_URL=https://api.payop.com\nPAYOP_PUBLIC_KEY=application-made-up\n'],
    ['of IppoPay', 'IPPOPAY_API_URL=https://api.ippopay.com\nIPPOPAY_PUBLIC_KEY=pk_live_made-up\n'],
    ['for an address that is none', 'PAYOP_API_URL=api.payop.com\nPAYOP_PUBLIC_KEY=application-made-up\n'],
  ])('does not replace credentials %s', (_, live) => {
    beforeEach(() => writeFileSync(at('.env'), live))

    it.each([
      ['without a terminal', {}, 'Give --yes, or another file to --env.'],
      [
        'if the answer is no',
        { isTTY: true, columns: 200, answers: { 'Replace them?': 'n' } },
        'Not confirmed. Nothing was written.',
      ],
    ])('%s', async (_when, terminal, says) => {
      const { code, stderr } = await emulators(['--env', '.env'], undefined, terminal)
      expect({ code, text: textOf('.env') }).toEqual({ code: 2, text: live })
      expect(stderr).toContain(says)
      expect(stderr).not.toContain('made-up')
    })

    it('unless that is confirmed', async () => {
      expect((await emulators(['--env', '.env', '--yes'])).code).toBe(0)
      expect(textOf('.env')).not.toContain('made-up')
    })
  })

  it('asks nothing if the file has addresses of gateways, and no credentials yet', async () => {
    writeFileSync(at('.env'), 'PAYOP_API_URL=https://api.payop.com\nPAYOP_PUBLIC_KEY=\n')
    expect((await emulators(['--env', '.env'])).code).toBe(0)
  })
})

describe("Payop's notifications go", () => {
  const toShop = 'Notifications go to the shop at http://127.0.0.1:3000.'

  it("to its account's address in the configuration, which is not printed", async () => {
    configure({ publicUrl: from('PAYMUX_PUBLIC_URL'), secret: from('PAYMUX_WEBHOOK_SECRET') })
    const { code, stdout, stderr } = await emulators(['--env', '.env'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(toShop) })
    expect(stdout + stderr).not.toContain('/paymux/europe')
  })

  it('to the address that is given, whatever the configuration says', async () => {
    configure({ publicUrl: 'http://127.0.0.1:4000/paymux', secret: 'made-up-secret-of-32-characters-v' })
    const { stderr } = await emulators(['--payop-ipn-url', 'http://127.0.0.1:3000/ipn'])
    expect(stderr).toContain(toShop)
  })

  it('nowhere if the configuration has no webhooks', async () => {
    configure(undefined)
    expect((await emulators()).stderr).toContain('Notifications of Payop go nowhere')
  })

  it('nowhere if the configuration cannot be used, and the emulators end', async () => {
    configure({ publicUrl: 'nowhere' })
    const { code, stderr } = await emulators()
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('webhooks.') })
  })
})

describe('is refused with 2, before anything runs:', () => {
  it.each([
    [['--nope'], "unknown option '--nope'"],
    [['--payop-port', 'http'], '--payop-port is a port from 1 to 65533'],
    [['--ippopay-port', '65534'], '--ippopay-port is a port from 1 to 65533'],
    [['--payop-ipn-url', 'nowhere'], '--payop-ipn-url is an address with http or https'],
    [['--payop-ipn-url', 'localhost:3000'], '--payop-ipn-url is an address with http or https'],
  ])('%j', async (flags, message) => {
    const { code, stdout, stderr } = await emulators(flags)
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
  })
})

it.each(['--payop-port', '--ippopay-port'])(
  'says what to do if the port of %s is taken, and runs neither',
  async (flag) => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = Object(server.address())
    const { code, stdout, stderr } = await emulators([flag, String(port)])
    server.close()
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error  A port is taken (EADDRINUSE).\n       Give other ports, or none: any free ones are used.\n',
    })
  },
)

it.each([
  ['nothing', '', 'B=2\nA=1\n', { B: '2', A: '1' }],
  ['other variables and comments', '# A=0\nC=3\n', '# A=0\nC=3\nA=1\n', { A: '1' }],
  ['the variable, exported and with blanks', ' export A = 0\nC=3', ' export A=1\nC=3\n', { A: '1' }],
  ['the variable twice, of which the last one counts', 'A=0\nA=9\n\n\n', 'A=1\nA=1\n', { A: '1' }],
  ['a variable of a longer name', 'AA=0\n', 'AA=0\nA=1\n', { A: '1' }],
])('variables are written into a file that has %s', (_, text, written, variables) => {
  expect(withVariables(text, variables)).toBe(written)
})
