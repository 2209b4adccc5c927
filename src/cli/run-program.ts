import { type Command, CommanderError } from 'commander'
import { exitCodes, usageError } from './exit.js'
import type { Host } from './host.js'
import { createOutput, type OutputOptions } from './output.js'
import { action, createProgram, examples, type Program } from './program.js'

const shells = ['bash', 'zsh', 'fish'] as const

/** Commands that complete the others: they are added by their package to the program that they describe. */
export const addCompletion = (program: Command, of: Program): void => {
  examples(
    program
      .command('completion')
      .description('prints the script that completes commands and options in a shell')
      .addArgument(program.createArgument('<shell>', 'which shell').choices(shells))
      .action(action(of, () => import('./commands/completion.js'))),
    'paymux completion bash > ~/.local/share/bash-completion/completions/paymux',
    'source <(paymux completion zsh)',
  )
  program
    .command('complete', { hidden: true })
    .allowUnknownOption()
    .helpOption(false)
    .argument('[words...]')
    .action((words: readonly string[], options: unknown, command: unknown) =>
      action(of, () => import('./commands/completion.js'))('complete', ...words, options, command),
    )
}

/** What is read of the arguments before they are parsed: an error of parsing is shown in the same form. */
const outputOptionsIn = (argv: readonly string[]): OutputOptions => ({
  json: argv.includes('--json'),
  jsonl: argv.includes('--jsonl'),
  debug: argv.includes('--debug'),
})

/** Help or the version, that was asked for. What is shown because a command is missing is wrong usage. */
const isAskedFor = ({ code }: CommanderError): boolean =>
  code === 'commander.helpDisplayed' || code === 'commander.version'

/** Runs the program, and gives the code to end with. It never rejects. */
export const runProgram = async (host: Host): Promise<number> => {
  const output = createOutput(host, outputOptionsIn(host.argv))
  let code: number = exitCodes.done
  try {
    const ended = (given: number): void => {
      code = given
    }
    const program = createProgram(host, ended)
    addCompletion(program, { host, ended })
    await program.parseAsync(host.argv, { from: 'user' })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) return output.error(error)
    if (isAskedFor(error)) return exitCodes.done
    // commander has said what is wrong by then, in words.
    if (outputOptionsIn(host.argv).json === true) output.error(usageError(error.message.replace(/^error: /, '')))
    return exitCodes.usage
  }
}
