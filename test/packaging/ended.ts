import { execFile } from 'node:child_process'

/** How a child process ended, and what it printed. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  /** Both streams. */
  readonly output: string
}

/** Runs a command in a folder; a command that fails is an answer too. */
export const ended = (cwd: string, command: string, ...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const shell = process.platform === 'win32'
    execFile(command, args, { cwd, shell, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, output: stdout + stderr }),
    )
  })

/** The same for Node, the one that runs the tests. */
export const node = (cwd: string, ...args: readonly string[]): Promise<Ended> => ended(cwd, process.execPath, ...args)
