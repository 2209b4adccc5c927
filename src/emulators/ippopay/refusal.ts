import { InvalidInput } from '../kit/input.js'

/** A refusal of the gateway. The texts are made up: IppoPay documents no refusal. */
export class Refusal extends InvalidInput {
  constructor(
    readonly kind: 'invalid' | 'not_found' | 'no_transaction' | 'conflict',
    message: string,
  ) {
    super(message)
  }
}
