/** Text goes out here: a stream of the process, or one of a test. */
export interface OutputStream {
  /** Whether a person reads it. */
  readonly isTTY?: boolean
  /** The width of the terminal, in characters. */
  readonly columns?: number
  /** Writes text as it is. */
  readonly write: (text: string) => unknown
}

/** What a run of the program works with. Nothing of `src/cli` reaches around it to the process. */
export interface Host {
  /** The arguments, without those of Node. */
  readonly argv: readonly string[]
  /** The variables of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder that paths are relative to. */
  readonly cwd: string
  /** Where answers come from. */
  readonly stdin: { readonly isTTY?: boolean }
  /** For data. */
  readonly stdout: OutputStream
  /** For everything else. */
  readonly stderr: OutputStream
  /** The version of the package. */
  readonly version: () => string
  /**
   * Resolves with the first SIGINT or SIGTERM after it was called. From then on a signal ends no program at once: only a command that runs
   * until it is stopped calls it.
   */
  readonly untilStopped: () => Promise<'SIGINT' | 'SIGTERM'>
}
