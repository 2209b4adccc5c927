import type { RootCommand } from '@bomb.sh/tab'
import tab from '@bomb.sh/tab/commander'
import { configFile, environment, type Run } from '../open.js'
import { createProgram } from '../program.js'

/** The names of the accounts, from the configuration alone: no store, no network, and silent without one. */
const accountNames = async (invocation: Parameters<Run>[0]): Promise<readonly string[]> => {
  try {
    const { readSetup } = await import('../../paymux/setup.js')
    const setup = await readSetup(configFile(invocation), await environment(invocation), undefined)()
    return setup._tag === 'Right' ? [...setup.right.adapters.keys()] : []
  } catch {
    return []
  }
}

const withAccounts = (root: RootCommand, accounts: readonly string[]): void => {
  for (const command of root.commands.values()) {
    const option = command.options.get('account')
    if (option !== undefined)
      option.handler = (complete) => {
        for (const account of accounts) complete(account, 'account')
      }
  }
}

/** `paymux completion`: the script that a shell loads. It asks `paymux complete`, which is this command, too. */
export const run: Run<{ readonly shell?: string }> = async (invocation) => {
  const { args, host } = invocation
  const [what = '', ...words] = args
  const root = tab(createProgram(host), { completionCommandName: 'completion' })
  if (what !== 'complete') root.setup('paymux', 'paymux', what)
  else {
    withAccounts(root, await accountNames(invocation))
    root.parse([...words])
  }
  return undefined
}
