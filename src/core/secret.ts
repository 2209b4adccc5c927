import { inspect } from 'node:util'

const placeholder = '[secret]'

/** A credential or card number. Every way of printing it gives `[secret]`; only `reveal` gives the text. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself, for the one place that puts it on the wire. */
  reveal(): string {
    return this.#text
  }

  /** Gives `[secret]`. */
  toString(): string {
    return placeholder
  }

  /** Gives `[secret]`. */
  toJSON(): string {
    return placeholder
  }

  /** Gives `[secret]`. */
  [Symbol.toPrimitive](): string {
    return placeholder
  }

  /** Gives `[secret]`. */
  [inspect.custom](): string {
    return placeholder
  }
}
