import { CommandError, exitCodes, usageError } from './exit.js'
import type { Host } from './host.js'

/** The only place that asks a person. */
export interface Ask {
  /** Whether there is a person who can answer. */
  readonly isPossible: boolean
  /** Asks yes or no; no is the default. Without a person it fails, and says which flag to give instead. */
  readonly confirm: (question: string, flag: string) => Promise<boolean>
  /** Asks for one of some choices. */
  readonly choose: <A extends string>(question: string, choices: readonly A[], flag: string) => Promise<A>
  /** Asks for any number of some choices. */
  readonly chooseSome: <A extends string>(
    question: string,
    choices: readonly A[],
    flag: string,
  ) => Promise<readonly A[]>
}

/** Prompts write escape codes wherever they are sent, and take a closed or piped stdin for an answer. */
const canAsk = ({ stdin, stderr, env }: Host, input: boolean): boolean =>
  input && stdin.isTTY === true && stderr.isTTY === true && (env.CI ?? '') === ''

const unanswered = (question: string, flag: string): CommandError =>
  usageError(`This needs an answer, and there is no terminal to ask on: ${question}`, `Give ${flag}.`)

const canceled = (): CommandError => new CommandError(exitCodes.interrupted, 'Canceled. Nothing was done.')

/** Asks on the terminal of a host, unless `input` forbids it. */
export const createAsk = (host: Host, input: boolean): Ask => {
  const isPossible = canAsk(host, input)
  const asked = async <A extends boolean | string | readonly string[]>(
    question: string,
    flag: string,
    prompt: (prompts: typeof import('@clack/prompts'), streams: object) => Promise<A | symbol>,
  ): Promise<A> => {
    if (!isPossible) throw unanswered(question, flag)
    const prompts = await import('@clack/prompts')
    const answer = await prompt(prompts, { input: host.stdin, output: host.stderr })
    if (typeof answer === 'symbol') throw canceled()
    return answer
  }
  return {
    isPossible,
    confirm: (message, flag) =>
      asked<boolean>(message, flag, ({ confirm }, streams) => confirm({ message, initialValue: false, ...streams })),
    choose: (message, choices, flag) =>
      asked<string>(message, flag, ({ select }, streams) =>
        select<string>({ message, options: choices.map((value) => ({ value, label: value })), ...streams }),
      ).then((answer) => chosenOf(choices, answer)),
    chooseSome: (message, choices, flag) =>
      asked<readonly string[]>(message, flag, ({ multiselect }, streams) =>
        multiselect<string>({
          message,
          options: choices.map((value) => ({ value, label: value })),
          required: true,
          ...streams,
        }),
      ).then((answers) => choices.filter((choice) => answers.includes(choice))),
  }
}

const chosenOf = <A extends string>(choices: readonly A[], answer: string): A => {
  const choice = choices.find((one) => one === answer)
  if (choice === undefined) throw canceled()
  return choice
}
