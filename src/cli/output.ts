import pc from 'picocolors'
import type { PaymentError } from '../core/index.js'
import { CommandError, type ExitCode, exitCodeOf, exitCodes, isPaymentFailure } from './exit.js'
import type { Host, OutputStream } from './host.js'
import { masked } from './mask.js'

/** One column of a table. */
export interface Column<A> {
  /** Its heading. */
  readonly name: string
  /** The text of a row. Absent: the cell is empty. */
  readonly cell: (row: A) => string | number | undefined
  /** Numbers stand at the right. Default: `left`. */
  readonly align?: 'right'
}

/** How long something takes, shown to who waits. */
export interface Progress {
  /** So much of the total is done. */
  readonly done: (count: number) => void
  /** Clears it. */
  readonly end: () => void
}

/** How results are shown. */
export interface OutputOptions {
  /** One JSON document for the whole result. */
  readonly json?: boolean
  /** One JSON document a line. */
  readonly jsonl?: boolean
  /** RFC 4180. */
  readonly csv?: boolean
  /** Headings of columns where the output is no terminal. */
  readonly header?: boolean
  /** Personal data is shown. */
  readonly reveal?: boolean
  /** Stacks of unexpected failures are shown. */
  readonly debug?: boolean
}

/** The only writer to the two streams: data to stdout, and everything else to stderr. */
export interface Output {
  /** Whether a person reads the data in the form of a table or of sentences. */
  readonly isForPeople: boolean
  /** A line of data. */
  readonly line: (text: string) => void
  /** The result as one JSON document, with personal data masked. `shown` are fields that are not masked. */
  readonly json: (value: object, shown?: readonly string[]) => void
  /** A copy of plain data with what is personal masked, unless it is to be revealed. `shown` are fields that are not masked. */
  readonly shown: <A extends object>(value: A, shown?: readonly string[]) => A
  /** Begins a table: aligned on a terminal, lines with tabs elsewhere, CSV if that is asked for. What it gives takes the rows as they come. */
  readonly table: <A>(columns: readonly Column<A>[]) => (rows: readonly A[]) => void
  /** The name and the value of each field that has one. */
  readonly fields: (fields: readonly (readonly [name: string, value: string | number | undefined])[]) => void
  /** Data as it is: a script, a drawing. */
  readonly text: (text: string) => void
  /** A line beside the data. */
  readonly note: (text: string) => void
  /** Shows what is awaited. Without a total, how long it has taken. */
  readonly progress: (label: string, total?: number) => Progress
  /** Says what went wrong, and gives the code to end with. */
  readonly error: (error: unknown) => ExitCode
}

type Colours = ReturnType<typeof pc.createColors>

const coloursOf = (stream: OutputStream, env: Host['env']): Colours =>
  pc.createColors(stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb')

// A text from outside could steer the terminal, or break a line in two.
const controls = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu

/** A text in one line, without characters that do something. */
const inLine = (text: string): string => text.replace(controls, ' ')

const textOf = (value: string | number | undefined): string => (value === undefined ? '' : inLine(String(value)))

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`

/** As wide as their longest text, and all together as wide as the terminal: the widest ones give way. */
const widthsOf = (rows: readonly (readonly string[])[], available: number): readonly number[] => {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)))
  const most = available - 2 * Math.max(0, widths.length - 1)
  while (widths.reduce((sum, width) => sum + width, 0) > most) {
    const widest = Math.max(...widths)
    if (widest <= 8) break
    widths[widths.indexOf(widest)] = widest - 1
  }
  return widths
}

const aligned = <A>(columns: readonly Column<A>[], rows: readonly (readonly string[])[], width: number) => {
  const widths = widthsOf(rows, width)
  return rows.map((row) =>
    row
      .map((text, index) => {
        const size = widths[index] ?? 0
        const shown = cut(text, size)
        return columns[index]?.align === 'right' ? shown.padStart(size) : shown.padEnd(size)
      })
      .join('  ')
      .trimEnd(),
  )
}

/** A cell of RFC 4180. A spreadsheet would run what begins like a formula. */
const csvCell = (text: string): string => {
  const inert = /^[=+\-@\t]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

const PLAIN_EVERY_MS = 10_000
const WIDTH = 24

const createProgress = (stream: OutputStream, colours: Colours, label: string, total: number | undefined): Progress => {
  const begun = performance.now()
  let shownAt = begun
  let shownPart = 0
  const seconds = () => Math.round((performance.now() - begun) / 1000)
  const said = (count: number) =>
    total === undefined ? `${label}: ${seconds()} s` : `${label}: ${count} of ${total}, ${seconds()} s`
  const bar = (count: number) => {
    if (total === undefined) return said(count)
    const full = Math.min(WIDTH, Math.round((WIDTH * count) / Math.max(1, total)))
    return `${colours.green('█'.repeat(full))}${colours.dim('░'.repeat(WIDTH - full))} ${said(count)}`
  }
  const plain = (count: number) => {
    const part = total === undefined ? 0 : Math.floor((10 * count) / Math.max(1, total))
    if (part <= shownPart && performance.now() - shownAt < PLAIN_EVERY_MS) return
    shownPart = part
    shownAt = performance.now()
    stream.write(`${said(count)}\n`)
  }
  let count = 0
  const show = () => {
    if (stream.isTTY === true) stream.write(`\r\u001b[2K${bar(count)}`)
    else plain(count)
  }
  const timer = setInterval(show, stream.isTTY === true ? 250 : PLAIN_EVERY_MS).unref()
  if (stream.isTTY === true) show()
  return {
    done: (next) => {
      count = next
      show()
    },
    end: () => {
      clearInterval(timer)
      if (stream.isTTY === true) stream.write('\r\u001b[2K')
    },
  }
}

const adviceFor = (error: PaymentError): string | undefined => {
  switch (error.retry) {
    case 'after_read':
      return 'Keep the idempotency key. paymux polls the outcome while `paymux worker` or the shop runs; `paymux find` shows it.'
    case 'never':
    case 'safe':
    case 'same_key':
      return undefined
  }
}

interface Described {
  readonly exitCode: ExitCode
  readonly message: string
  readonly advice?: string | undefined
  readonly json: unknown
}

const describe = (error: unknown, debug: boolean): Described => {
  if (isPaymentFailure(error)) {
    const { error: cause } = error
    return { exitCode: exitCodeOf(cause), message: cause.message, advice: adviceFor(cause), json: masked(cause) }
  }
  if (error instanceof CommandError) {
    const { exitCode, message, advice, cause } = error
    if (isPaymentFailure(cause)) return { exitCode, message, advice, json: masked(cause.error) }
    return {
      exitCode,
      message,
      advice,
      json: { _tag: 'CommandError', message, ...(advice === undefined ? {} : { advice }) },
    }
  }
  // What an unexpected failure says may hold values.
  const message = 'An unexpected failure. Run the command again with --debug to see where it happened'
  const shown = debug && error instanceof Error ? (error.stack ?? error.message) : message
  return { exitCode: exitCodes.unexpected, message: shown, json: { _tag: 'Unexpected', message: shown } }
}

/** The output of one run. */
export const createOutput = ({ stdout, stderr, env }: Host, options: OutputOptions): Output => {
  const { json = false, jsonl = false, csv = false, header = false, reveal = false, debug = false } = options
  const [out, err] = [coloursOf(stdout, env), coloursOf(stderr, env)]
  const line = (text: string): void => {
    stdout.write(`${text}\n`)
  }
  const shownOf = <A extends object>(value: A, shown?: readonly string[]): A => (reveal ? value : masked(value, shown))
  const csvLine = (texts: readonly string[]): void => {
    stdout.write(`${texts.map(csvCell).join(',')}\r\n`)
  }
  const onTerminal = <A>(
    columns: readonly Column<A>[],
    texts: readonly (readonly string[])[],
    isFirst: boolean,
  ): void => {
    if (texts.length === 0) return
    const names = columns.map(({ name }) => name)
    const [heading = '', ...lines] = aligned(columns, [names, ...texts], stdout.columns ?? 80)
    if (isFirst) line(out.bold(heading))
    for (const text of lines) line(text)
  }
  return {
    isForPeople: stdout.isTTY === true && !json && !jsonl && !csv,
    line,
    json: (value, shown) => line(JSON.stringify(shownOf(value, shown))),
    shown: shownOf,
    table: (columns) => {
      const names = columns.map(({ name }) => name)
      let isFirst = true
      if (csv) csvLine(names)
      else if (header && stdout.isTTY !== true) line(names.join('\t'))
      return (rows) => {
        const texts = rows.map((row) => columns.map(({ cell }) => textOf(cell(row))))
        if (csv) for (const text of texts) csvLine(text)
        else if (stdout.isTTY === true) onTerminal(columns, texts, isFirst)
        else for (const text of texts) line(text.join('\t'))
        isFirst = false
      }
    },
    fields: (fields) => {
      const given = fields.filter(([, value]) => value !== undefined)
      const width = Math.max(0, ...given.map(([name]) => name.length)) + 2
      for (const [name, value] of given)
        line(stdout.isTTY === true ? `${out.dim(name.padEnd(width))}${textOf(value)}` : `${name}\t${textOf(value)}`)
    },
    text: (text) => {
      stdout.write(text.endsWith('\n') ? text : `${text}\n`)
    },
    note: (text) => {
      stderr.write(`${text}\n`)
    },
    progress: (label, total) => createProgress(stderr, err, label, total),
    error: (error) => {
      const { exitCode, message, advice, json: document } = describe(error, debug)
      if (json || jsonl) stderr.write(`${JSON.stringify({ error: document })}\n`)
      else {
        stderr.write(`${err.red('error')}  ${message}\n`)
        if (advice !== undefined) stderr.write(`       ${advice}\n`)
      }
      return exitCode
    },
  }
}
