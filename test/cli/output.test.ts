import { exitCodeOf, exitCodes } from '../../src/cli/exit.js'
import { createOutput, type OutputOptions } from '../../src/cli/output.js'
import { conflict, inProgress, invalidConfig, invalidRequest, unreachable, unsupported } from '../../src/core/index.js'
import { PaymentFailure } from '../../src/paymux/promises.js'

const written = (
  use: (output: ReturnType<typeof createOutput>) => void,
  options: OutputOptions = {},
  terminal: { readonly isTTY?: boolean; readonly columns?: number; readonly env?: Record<string, string> } = {},
) => {
  const texts = { stdout: '', stderr: '' }
  const { isTTY = false, columns = 80, env = {} } = terminal
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY,
    columns,
    write: (text: string) => {
      texts[name] += text
    },
  })
  use(
    createOutput(
      {
        argv: [],
        env,
        cwd: '/',
        stdin: {},
        stdout: stream('stdout'),
        stderr: stream('stderr'),
        version: () => '0.0.0',
        untilStopped: () => new Promise(() => {}),
      },
      options,
    ),
  )
  return texts
}

interface Pair {
  readonly name: string
  readonly value: string
}

const columns = [
  { name: 'name', cell: ({ name }: Pair) => name },
  { name: 'value', cell: ({ value }: Pair) => value, align: 'right' },
] as const

const table =
  (...rows: readonly Pair[]) =>
  (output: ReturnType<typeof createOutput>) =>
    output.table(columns)(rows)

const ESCAPE = '\u001b'

it('aligns a table on a terminal, and cuts what is too wide', () => {
  const rows = table({ name: 'a', value: '1' }, { name: 'x'.repeat(60), value: '22' })
  const { stdout } = written(rows, {}, { isTTY: true, columns: 40, env: { NO_COLOR: '1' } })
  const lines = stdout.trimEnd().split('\n')
  expect(lines).toEqual([`name${' '.repeat(29)}  value`, `a${' '.repeat(32)}      1`, `${'x'.repeat(32)}…     22`])
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(40)
})

it.each([
  ['a pipe', { isTTY: false }],
  ['NO_COLOR', { isTTY: true, env: { NO_COLOR: '1' } }],
  ['a dumb terminal', { isTTY: true, env: { TERM: 'dumb' } }],
])('writes no colour to %s', (_, terminal) => {
  const rows = table({ name: 'a', value: '1' })
  const { stdout, stderr } = written(
    (output) => {
      rows(output)
      output.error(new Error('CANARY'))
    },
    {},
    terminal,
  )
  expect(stdout + stderr).not.toContain(ESCAPE)
  expect(written(rows, {}, { isTTY: true }).stdout).toContain(ESCAPE)
})

it('cuts nothing in a pipe, where a row is one line whatever its texts hold', () => {
  const { stdout } = written(table({ name: `x\ty\n${ESCAPE}[31mred`, value: 'z'.repeat(200) }))
  expect(stdout).toBe(`x y [31mred\t${'z'.repeat(200)}\n`)
})

it('quotes CSV as RFC 4180 does, and lets no cell begin like a formula', () => {
  const { stdout } = written(
    table(
      { name: 'a "quoted", text', value: '-12.50' },
      { name: '=HYPERLINK("x")', value: '-ORD' },
      { name: '@x', value: '+1' },
    ),
    { csv: true },
  )
  expect(stdout).toBe(`name,value\r\n"a ""quoted"", text",-12.50\r\n"'=HYPERLINK(""x"")",'-ORD\r\n'@x,'+1\r\n`)
})

it('prints an error as one JSON line with --json, with the fields of the library', () => {
  const error = unreachable('store', { code: 'SQLITE_BUSY' })
  const { stdout, stderr } = written((output) => output.error(new PaymentFailure(error)), { json: true })
  expect({ stdout, error: JSON.parse(stderr) }).toEqual({ stdout: '', error: { error } })
  expect(stderr.trimEnd()).not.toContain('\n')
})

it('prints nothing of an unexpected failure but that there was one, and where with --debug', () => {
  const fail = (output: ReturnType<typeof createOutput>) => output.error(new Error('CANARY'))
  expect(written(fail).stderr).not.toContain('CANARY')
  expect(written(fail, { debug: true }).stderr).toContain('output.test')
})

it('masks personal data at every depth, unless it is to be revealed', () => {
  const value = {
    items: [{ event: { metadata: { basket: 'CANARY' }, result: { bankReference: 'CANARY', status: 'succeeded' } } }],
    attestation: { attestedBy: 'CANARY', note: 'CANARY' },
  }
  const { stdout } = written((output) => output.json(value))
  expect(JSON.parse(stdout)).toEqual({
    items: [{ event: { metadata: '***', result: { bankReference: '***', status: 'succeeded' } } }],
    attestation: '***',
  })
  expect(JSON.parse(written((output) => output.json(value), { reveal: true }).stdout)).toEqual(value)
})

it('shows progress as a bar on a terminal, and as plain lines elsewhere', () => {
  const use = (output: ReturnType<typeof createOutput>) => {
    const progress = output.progress('copying', 100)
    for (let count = 0; count <= 100; count += 5) progress.done(count)
    progress.end()
  }
  const onTerminal = written(use, {}, { isTTY: true })
  expect(onTerminal.stderr).toMatch(/█+.* copying: 50 of 100/)
  expect(onTerminal.stderr.endsWith(`\r${ESCAPE}[2K`)).toBe(true)
  const elsewhere = written(use)
  expect(elsewhere.stderr.trimEnd().split('\n')).toHaveLength(10)
  expect({ hasEscape: elsewhere.stderr.includes(ESCAPE), stdout: elsewhere.stdout }).toEqual({
    hasEscape: false,
    stdout: '',
  })
})

describe('the code that the program ends with', () => {
  it.each([
    [
      invalidConfig([{ path: 'store', expected: 'a database that no newer version of paymux has changed' }]),
      exitCodes.store,
    ],
    [invalidConfig([{ path: 'encryption.keys.k1', expected: 'a key' }]), exitCodes.configuration],
    [invalidRequest([{ path: 'operation', expected: 'an operation of this ledger' }]), exitCodes.notFound],
    [invalidRequest([{ path: 'payer.email', expected: 'an address' }]), exitCodes.usage],
    [unsupported([{ path: 'amount', expected: 'EUR' }]), exitCodes.notExecuted],
    [unreachable('connect'), exitCodes.notExecuted],
    [unreachable('store'), exitCodes.store],
    [inProgress('made-up'), exitCodes.unknown],
    [conflict(), exitCodes.unknown],
  ])('is by what may be concluded about the money: %#', (error, code) => {
    expect(exitCodeOf(error)).toBe(code)
  })
})
