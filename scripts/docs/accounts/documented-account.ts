/** Made-up configurations of one adapter, for the table of capabilities. */
export interface DocumentedAccount {
  /** The gateway's name, as people write it. */
  readonly title: string
  /** A configuration with everything that enables something. */
  readonly full: object
  /** Some that leave out what may be left out. */
  readonly lesser: readonly object[]
}
