import { Command, Option } from 'commander'
import type { Kind, OperationName, StatusOf } from '../core/index.js'
import { exitCodes } from './exit.js'
import type { Gateway } from './gateways.js'
import type { Host } from './host.js'
import { type CommonOptions, invocationOf, type Run } from './open.js'
import type { Framework } from './server-template.js'

// What the library has as data is written out here by its types: to load it costs more than to parse a command.
const kinds: Readonly<Record<Kind, true>> = { payment: true, refund: true, payout: true }
const methods: Readonly<Record<OperationName, true>> = { createPayment: true, refund: true, payout: true }
const statuses: Readonly<Record<StatusOf<Kind>, true>> = {
  created: true,
  requires_action: true,
  processing: true,
  authorized: true,
  succeeded: true,
  failed: true,
  canceled: true,
  expired: true,
  reversed: true,
  returned: true,
  unknown: true,
}

const gateways: Readonly<Record<Gateway, true>> = { payop: true, ippopay: true }
const frameworks: Readonly<Record<Framework, true>> = { http: true, express: true, fastify: true, hono: true }

const choice = (flags: string, description: string, choices: Readonly<Record<string, unknown>>): Option =>
  new Option(flags, description).choices(Object.keys(choices))

/** What the commands of a program share. */
export interface Program {
  readonly host: Host
  /** Tells how the command ended. */
  readonly ended: (code: number) => void
}

/** What runs a command, which is loaded when it is called: it has the options that it is declared with below. */
export const action =
  <Options>({ host, ended }: Program, load: () => Promise<{ readonly run: Run<Options> }>) =>
  async (...given: readonly unknown[]): Promise<void> => {
    // Arguments, options, command: as commander hands them over.
    const options: Options & CommonOptions = Object(given.at(-2))
    const args = given.slice(0, -2).filter((argument): argument is string => typeof argument === 'string')
    const { run } = await load()
    ended((await run(invocationOf(host, options, args))) ?? exitCodes.done)
  }

const withConfig = (command: Command): Command =>
  command
    .option('--config <file>', 'the configuration. Default: PAYMUX_CONFIG, else ./paymux.config.json')
    .option('--no-env-file', 'do not read .env beside the configuration')
    .option('--no-input', 'ask nothing')
    .option('--debug', 'show where an unexpected failure happened')

const withJson = (command: Command): Command => command.option('--json', 'print one JSON document')

const withReveal = (command: Command): Command =>
  command.option('--reveal', 'show personal data, which is printed as *** otherwise')

const withTable = (command: Command): Command =>
  withJson(command).option('--header', 'print headings where the output is no terminal')

const withPages = (command: Command): Command =>
  withTable(command)
    .option('--from <time>', 'recorded at this time or later: 2026-11-28, 2026-11-28T09:00:00Z, 24h')
    .option('--to <time>', 'recorded before this time')
    .option('--limit <n>', 'how many at most. Default: 20')
    .option('--cursor <text>', 'go on where the page before ended')
    .option('--oldest-first', 'the oldest first')
    .option('--all', 'every page')
    .option('--jsonl', 'one JSON document a line')

const withObject = (command: Command): Command =>
  command
    .argument('[reference]', 'your order number, or kind:account:id')
    .option('--account <name>', 'the account that holds it')
    .option('--id <id>', "the gateway's id")
    .addOption(choice('--kind <kind>', 'what it is', kinds))

const withMoney = (command: Command): Command =>
  withReveal(withJson(command))
    .option('--idempotency-key <key>', 'your name for this one intent. A repeat with it moves no money twice')
    .option('--amount <amount>', 'amount and currency: "49.90 EUR"')
    .option('--description <text>', 'what it is for')
    .option('--metadata <name=value...>', 'your own data')
    .option('--request <file>', 'a JSON file with the request, or a part of it. Flags take its place')
    .option('--confirm <words>', 'confirms without a terminal, in the words of the method and the amount')

const withWriting = (command: Command): Command =>
  command.option('--yes', 'do not ask').option('--dry-run', 'say what would be done, and write nothing')

const examplesOfCommands = new WeakMap<Command, readonly string[]>()

/** The examples that the help of a command begins with. */
export const examplesOf = (command: Command): readonly string[] => examplesOfCommands.get(command) ?? []

/** Gives a command its examples. */
export const examples = (command: Command, ...lines: readonly string[]): Command => {
  examplesOfCommands.set(command, lines)
  return command.addHelpText('beforeAll', `${lines.map((line) => `  $ ${line}`).join('\n')}\n`)
}

const addQueries = (program: Command, of: Program): void => {
  examples(
    withReveal(withTable(withConfig(withObject(program.command('find')))))
      .description('everything that the ledger has of an order, a key or an id')
      .addOption(choice('--operation <method>', 'the money method that was called with --idempotency-key', methods))
      .option('--idempotency-key <key>', 'the key of the call')
      .action(action(of, () => import('./commands/find.js'))),
    'paymux find ORD-1001',
    'paymux find --account europe --id 8a6e1f --json',
  )
  examples(
    withPages(withConfig(program.command('list')))
      .description('payments, refunds and payouts, newest first')
      .addOption(choice('--kind <kind>', 'what they are', kinds))
      .addOption(choice('--status <status>', 'where they stand', statuses))
      .option('--account <name>', 'the account that holds them')
      .option('--currency <code>', 'the currency of their amount')
      .option('--reference <text>', 'your order number')
      .option('--review', 'those that an operator should look at')
      .option('--disputed', "those that the payer's bank took back, or tries to")
      .option('--csv', 'RFC 4180, for accounting')
      .action(action(of, () => import('./commands/list.js'))),
    'paymux list --status failed --from 24h',
    'paymux list --from 2026-11-01 --to 2026-12-01 --oldest-first --all --csv > november.csv',
  )
  examples(
    withReveal(withJson(withConfig(withObject(program.command('show')))))
      .description('the recorded result of one payment, refund or payout, and how it came about')
      .action(action(of, () => import('./commands/show.js'))),
    'paymux show ORD-1001',
    'paymux show payment:europe:8a6e1f --reveal',
  )
  examples(
    withReveal(withJson(withConfig(withObject(program.command('explain')))))
      .description('the story of an order in sentences: what happened, on what evidence, and what happens next')
      .option('--time-zone <zone>', 'the zone of the times: Europe/Berlin. Default: UTC')
      .action(action(of, () => import('./commands/explain.js'))),
    'paymux explain ORD-1001',
    'paymux explain refund:europe:77 --time-zone Europe/Berlin',
  )
  examples(
    withTable(withConfig(program.command('summary')))
      .description('counts and sums by account, kind, status and currency')
      .option('--from <time>', 'recorded at this time or later. Default: the beginning of the UTC day')
      .option('--to <time>', 'recorded before this time. Default: now')
      .addOption(new Option('--by <period>', 'lines for each UTC day').choices(['day']))
      .option('--csv', 'RFC 4180')
      .action(action(of, () => import('./commands/summary.js'))),
    'paymux summary',
    'paymux summary --from 2026-11-01 --to 2026-12-01 --by day --csv',
  )
  examples(
    withTable(withConfig(program.command('health')))
      .description('how paymux is, by its ledger')
      .action(action(of, () => import('./commands/health.js'))),
    'paymux health',
    'paymux health --json',
  )
}

const addOperations = (program: Command, of: Program): void => {
  examples(
    withReveal(withJson(withConfig(withObject(program.command('status')))))
      .description('reads a payment, refund or payout at its gateway, and records what it says')
      .action(action(of, () => import('./commands/status.js'))),
    'paymux status ORD-1001',
    'paymux status refund:europe:77 --json',
  )
  examples(
    withMoney(withConfig(program.command('create')))
      .description('creates a payment, and prints where the payer pays')
      .option('--reference <text>', 'your order number')
      .option('--payer-name <name>', "the payer's full name")
      .option('--payer-email <address>', "the payer's e-mail address")
      .option('--payer-phone <number>', "the payer's phone number: +4915112345678")
      .option('--payer-country <code>', "the payer's country, for routing: DE")
      .option('--flow <flow>', 'hosted, direct, popup or upi_intent. Default: hosted')
      .option('--method <code>', "the gateway's code of the payment method")
      .option('--success-url <url>', "where the payer's browser goes after paying")
      .option('--failure-url <url>', "where the payer's browser goes after failing")
      .action(action(of, () => import('./commands/create.js'))),
    'paymux create --amount "49.90 EUR" --reference ORD-1001 --idempotency-key ord-1001-pay --request payer.json',
    'paymux create --request order.json --idempotency-key ord-1002-pay --confirm "create 49.90 EUR" --json',
  )
  examples(
    withMoney(withConfig(withObject(program.command('refund'))))
      .description('gives captured money back. Default of --amount: all that was captured')
      .action(action(of, () => import('./commands/refund.js'))),
    'paymux refund ORD-1001 --amount "20.00 EUR" --idempotency-key ord-1001-refund-1',
    'paymux refund payment:europe:8a6e1f --idempotency-key r-5 --confirm "refund 49.90 EUR"',
  )
  examples(
    withMoney(withConfig(program.command('payout')))
      .description('sends money to the beneficiary that the file of --request names')
      .option('--reference <text>', 'your number of the payout')
      .option('--method <code>', "the gateway's code of the way the money travels")
      .action(action(of, () => import('./commands/payout.js'))),
    'paymux payout --amount "1500.00 INR" --reference PO-77 --idempotency-key po-77 --request beneficiary.json',
    'paymux payout --request po-77.json --idempotency-key po-77 --confirm "payout 1500.00 INR"',
  )
  examples(
    withTable(withConfig(program.command('unresolved')))
      .description('operations whose outcome a person has to find out, oldest first')
      .option('--limit <n>', 'how many at most. Default: 100')
      .option('--polled', 'those instead that paymux finds out by itself')
      .option('--exit-code', `end with ${exitCodes.findings} if there are any`)
      .action(action(of, () => import('./commands/unresolved.js'))),
    'paymux unresolved',
    'paymux unresolved --exit-code --json',
  )
  examples(
    withWriting(withTable(withConfig(program.command('resolve'))))
      .description('closes an operation with what you saw at the gateway')
      .argument('<operation>', 'the id of the operation')
      .option('--executed', 'the gateway executed it')
      .option('--not-executed', 'the gateway did not execute it, and will not')
      .option('--id <id>', "the gateway's id of what it executed. It is read back")
      .addOption(choice('--status <status>', 'the status that you saw', statuses))
      .option('--by <name>', 'who attests it')
      .option('--note <text>', 'where it was seen')
      .action(action(of, () => import('./commands/resolve.js'))),
    'paymux resolve 0197 --executed --id 8a6e1f --status succeeded --by ann --note "dashboard, 11:40"',
    'paymux resolve 0197 --not-executed --by ann --note "mail of the gateway, case 4711" --dry-run',
  )
  examples(
    withTable(withConfig(program.command('reconcile')))
      .description('compares what the gateways list with the ledger, both ways')
      .option('--from <time>', 'made at this time or later. Default: 48h')
      .option('--to <time>', 'made before this time. Default: now')
      .option('--csv', 'RFC 4180')
      .action(action(of, () => import('./commands/reconcile.js'))),
    'paymux reconcile',
    'paymux reconcile --from 7d --csv > findings.csv',
  )
}

const addBackground = (program: Command, of: Program): void => {
  const events = program.command('events').description('the outbox').helpCommand(false)
  examples(
    withReveal(withPages(withConfig(events.command('list'))))
      .description('events, newest first, and what became of their deliveries')
      .option('--subject <subject>', 'about this: payment:europe:8a6e1f')
      .option('--type <type>', 'of this type: payment.succeeded')
      .option('--undelivered', 'those that some subscriber has not taken')
      .option('--follow', 'print new ones as they are recorded, until stopped')
      .action(action(of, () => import('./commands/events-list.js'))),
    'paymux events list --undelivered',
    'paymux events list --follow --jsonl',
  )
  examples(
    withWriting(withJson(withConfig(events.command('redeliver'))))
      .description('delivers one event once more, to every subscriber')
      .argument('<event>', 'the id of the event')
      .action(action(of, () => import('./commands/events-redeliver.js'))),
    'paymux events redeliver payment:europe:8a6e1f#2',
    'paymux events redeliver payment:europe:8a6e1f#2 --yes',
  )
  examples(
    withConfig(program.command('worker'))
      .description('recovers, reads and delivers events in the background, until it is stopped')
      .option('--subscribers <file>', 'a module that exports the subscribers of events, each by its name')
      .option('--once', 'do what is due now, and end: for cron')
      .option('--max-seconds <n>', 'with --once: how long it may take, 1 to 900. Default: 10')
      .option('--no-subscribers', 'deliver no events: they wait for up to an hour for a process that has subscribers')
      .option('--jsonl', 'one JSON document a line')
      .option('--reveal', 'show personal data, which is printed as *** otherwise')
      .action(action(of, () => import('./commands/worker.js'))),
    'paymux worker --subscribers subscribers.mjs',
    'paymux worker --once --max-seconds 55 --no-subscribers',
  )
  examples(
    withTable(withConfig(program.command('notifications')))
      .description('notifications that match nothing in the ledger, and what was not as it should be')
      .option('--account <name>', 'those of one account')
      .option('--limit <n>', 'how many at most. Default: 100')
      .action(action(of, () => import('./commands/notifications.js'))),
    'paymux notifications',
    'paymux notifications --account europe --json',
  )
  examples(
    withWriting(withTable(withConfig(withObject(program.command('erase')))))
      .description('erases the personal data of an order or an object that is over, at once')
      .action(action(of, () => import('./commands/erase.js'))),
    'paymux erase ORD-1001 --dry-run',
    'paymux erase payment:europe:8a6e1f --yes --json',
  )
  const ledger = program.command('ledger').description('the ledger as a whole').helpCommand(false)
  examples(
    withJson(withConfig(ledger.command('backup')))
      .description('writes a consistent copy of a SQLite ledger to a new file, while payments run')
      .argument('<file>', 'where to. It must not be there yet')
      .action(action(of, () => import('./commands/ledger-backup.js'))),
    'paymux ledger backup /backups/paymux-1.db',
    'paymux ledger backup "/backups/$(date +%F).db" --json',
  )
  examples(
    withTable(withConfig(ledger.command('check')))
      .description('reads the ledger whole, and says what is wrong with it and what to do, while payments run')
      .action(action(of, () => import('./commands/ledger-check.js'))),
    'paymux ledger check',
    'paymux ledger check --json',
  )
  examples(
    withTable(withConfig(ledger.command('copy')))
      .description(
        'moves the ledger to the empty store of another configuration, while the shop is stopped. A repeat goes on',
      )
      .option('--from <file>', 'the configuration of the ledger. Default: that of --config')
      .option('--to <file>', 'the configuration with the new store')
      .option('--cancel', 'give up a copy that is not done: the ledger is open again')
      .option('--yes', 'do not ask')
      .action(action(of, () => import('./commands/ledger-copy.js'))),
    'paymux ledger copy --from paymux.sqlite.json --to paymux.postgres.json',
    'paymux ledger copy --from paymux.sqlite.json --cancel',
  )
  examples(
    withJson(withConfig(ledger.command('restored')))
      .description('marks a ledger that was restored from a backup, before the shop is started')
      .option('--taken-at <time>', 'when the backup was taken, or earlier: 2026-11-28T03:00:00Z, 6h')
      .option(
        '--until <time>',
        'until when keys that the ledger does not know are looked up, or refused. Default: in 24 hours',
      )
      .option('--yes', 'do not ask')
      .action(action(of, () => import('./commands/ledger-restored.js'))),
    'paymux ledger restored --taken-at 2026-11-28T03:00:00Z',
    'paymux ledger restored --taken-at 6h --until 2026-11-29T12:00:00Z --yes --json',
  )
}

const addConfiguration = (program: Command, of: Program): void => {
  examples(
    withWriting(withJson(program.command('init')))
      .description('writes a configuration, an example of its variables, and a server that runs')
      .addOption(choice('--gateway <names...>', 'one or more of them', gateways))
      .addOption(new Option('--store <type>', 'where the ledger is kept').choices(['sqlite', 'postgres']))
      .addOption(choice('--framework <name>', 'what the server is written with', frameworks))
      .option('--payouts', 'payouts, too')
      .option('--no-input', 'ask nothing')
      .action(action(of, () => import('./commands/init.js'))),
    'paymux init',
    'paymux init --gateway payop ippopay --store sqlite --framework express',
  )
  examples(
    withTable(withConfig(program.command('doctor')))
      .description('whether everything that paymux needs is there, and what to do if it is not')
      .option('--account <name>', 'look at one account')
      .action(action(of, () => import('./commands/doctor.js'))),
    'paymux doctor',
    'paymux doctor --account europe --json',
  )
  examples(
    withTable(withConfig(program.command('accounts')))
      .description('the accounts of the configuration, and what each can do')
      .option('--reveal', 'show the notification address of each account, which is a secret')
      .action(action(of, () => import('./commands/accounts.js'))),
    'paymux accounts',
    'paymux accounts --reveal',
  )
  examples(
    withTable(withConfig(program.command('capabilities')))
      .description('what routing, retry and recovery read about each account')
      .argument('[account]', 'one account. Default: all')
      .action(action(of, () => import('./commands/capabilities.js'))),
    'paymux capabilities',
    'paymux capabilities europe --json',
  )
  const config = program.command('config').description('the configuration').helpCommand(false)
  examples(
    withTable(withConfig(config.command('check')))
      .description('whether the configuration can be used, without opening its ledger')
      .action(action(of, () => import('./commands/config-check.js'))),
    'paymux config check',
    'paymux config check --config staging.json --json',
  )
  examples(
    withTable(withConfig(config.command('diff')))
      .description('what another configuration would change, and which payments stand against it')
      .argument('<file>', 'the other configuration')
      .action(action(of, () => import('./commands/config-diff.js'))),
    'paymux config diff next.json',
    'paymux config diff next.json --json',
  )
  examples(
    withJson(program.command('secret'))
      .description('makes an encryption key and a webhook secret')
      .addArgument(
        program
          .createArgument('[which]', 'one of them. Default: both, as lines of an .env')
          .choices(['encryption', 'webhook']),
      )
      .action(action(of, () => import('./commands/secret.js'))),
    'paymux secret >> .env',
    'paymux secret encryption',
  )
}

const addTools = (program: Command, of: Program): void => {
  examples(
    withJson(withConfig(program.command('emulators')))
      .description(
        'runs the emulators of the gateways until they are stopped, and prints the variables that lead to them',
      )
      .option('--env <file>', 'write the variables to this file. Others in it stay')
      .option('--payop-port <n>', "the port of Payop's API; pages on n + 1, admin on n + 2. Default: any free ports")
      .option('--ippopay-port <n>', 'the same for IppoPay')
      .option(
        '--payop-ipn-url <url>',
        "where Payop's notifications go. Default: the account's address in the configuration",
      )
      .option('--yes', 'do not ask')
      .action(action(of, () => import('./commands/emulators.js'))),
    'paymux emulators --env .env',
    'paymux emulators --payop-port 4010 --ippopay-port 4020 --json',
  )
  examples(
    program
      .command('diagram')
      .description('the state machine of payments, refunds or payouts')
      .addArgument(program.createArgument('[kind]', 'which. Default: payment').choices(Object.keys(kinds)))
      .addOption(new Option('--format <format>', 'the format. Default: svg').choices(['svg', 'mermaid']))
      .action(action(of, () => import('./commands/diagram.js'))),
    'paymux diagram > payment.svg',
    'paymux diagram payout --format mermaid',
  )
}

const addAll = (program: Command, of: Program): void => {
  addQueries(program, of)
  addOperations(program, of)
  addBackground(program, of)
  addConfiguration(program, of)
  addTools(program, of)
}

/** The program: its commands and options. Nothing of the library is loaded before a command runs. */
export const createProgram = (host: Host, ended: (code: number) => void = () => undefined): Command => {
  const program = new Command('paymux')
    .description('Operates paymux: queries of the ledger, operations, configuration, emulators.')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      // With --json it is one JSON line, and written by us.
      outputError: (text, write) => (host.argv.includes('--json') ? undefined : write(text)),
    })
    .version(host.version(), '--version', 'print the version of paymux')
    .helpOption('--help', 'print this')
    .helpCommand(false)
  addAll(program, { host, ended })
  return program
}
