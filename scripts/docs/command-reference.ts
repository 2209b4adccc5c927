import type { Command } from 'commander'
import { exitCodes, exitMeanings } from '../../src/cli/exit.js'
import type { Host } from '../../src/cli/host.js'
import { createProgram, examplesOf } from '../../src/cli/program.js'
import { addCompletion } from '../../src/cli/run-program.js'
import { code, table } from './markdown.js'

const host: Host = {
  argv: [],
  env: {},
  cwd: '.',
  stdin: {},
  stdout: { write: () => undefined },
  stderr: { write: () => undefined },
  version: () => '',
  untilStopped: () => new Promise(() => {}),
}

/** Told once for all commands, above their reference. */
const shared = ['--config', '--no-env-file', '--no-input', '--debug', '--help']

const leaves = (command: Command, prefix = ''): readonly (readonly [name: string, command: Command])[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .flatMap((one) => {
      const name = `${prefix}${one.name()}`
      return one.commands.length > 0 ? leaves(one, `${name} `) : [[name, one] as const]
    })

const described = (description: string, argChoices: readonly string[] | undefined): string =>
  argChoices === undefined ? description : `${description}: ${argChoices.map(code).join(', ')}`

const section = ([name, command]: readonly [string, Command]): string => {
  const options = command.options.filter(({ long }) => !shared.includes(long ?? ''))
  const rows = [
    ...command.registeredArguments.map((argument) => [
      code(argument.required ? `<${argument.name()}>` : `[${argument.name()}]`),
      described(argument.description, argument.argChoices),
    ]),
    ...options.map((option) => [code(option.flags), described(option.description, option.argChoices)]),
  ]
  return [
    `### ${name}`,
    '',
    `\`paymux ${name}\`: ${command.description()}.`,
    '',
    '```sh',
    ...examplesOf(command),
    '```',
    ...(rows.length === 0 ? [] : ['', table(['Argument or option', 'Description'], rows)]),
  ].join('\n')
}

/** Every command with its examples, arguments and options, from the program itself. */
export const commandReference = (): string => {
  const program = createProgram(host)
  addCompletion(program, { host, ended: () => undefined })
  return leaves(program).map(section).join('\n\n')
}

/** The codes that the program ends with. */
export const exitCodeTable = (): string =>
  table(
    ['Code', 'Meaning'],
    [
      ...Object.entries(exitMeanings).map(([name, meaning]) => [code(String(Object(exitCodes)[name])), meaning]),
      [code('130, 143'), 'canceled, or ended by SIGINT or SIGTERM'],
    ],
  )
