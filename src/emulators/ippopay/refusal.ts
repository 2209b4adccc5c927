import { InvalidInput } from '../kit/input.js'

/** The gateway says no. Its texts are the emulator's own: IppoPay documents no refusal at all. */
export class Refusal extends InvalidInput {
  constructor(
    readonly kind: 'invalid' | 'not_found' | 'no_transaction' | 'conflict',
    message: string,
  ) {
    super(message)
  }
}
