import type { Order, PayMode, PaymentMode } from '../records.js'
import { Refusal } from '../refusal.js'

/** Only the debit card is documented. Net banking and UPI are a guess. */
const CARD = { pay_group: 'card', bank_name: 'Emulator Bank', card_number: '411111XXXXXX1111', card_scheme: 'VISA' }

const PAY_MODES: Readonly<Record<PaymentMode, PayMode>> = {
  cc: { pay_mode: 'Credit Card', pay_mode_id: 'cc', ...CARD },
  dc: { pay_mode: 'Debit Card', pay_mode_id: 'dc', ...CARD },
  nb: { pay_mode: 'Net Banking', pay_mode_id: 'nb', pay_group: 'nb', bank_name: 'Emulator Bank' },
  upi: { pay_mode: 'UPI', pay_mode_id: 'upi', pay_group: 'upi' },
}

const UPI_INTENT: PayMode = { pay_mode: 'UPI Intent', pay_mode_id: 'upi-intent', pay_group: 'upi' }

/** The pay mode that the payer chose. Default: the first payment mode of the order. */
export const payModeOf = ({ paymentModes }: Order, code = ''): PayMode => {
  if (code === 'upi-intent' && paymentModes.includes('upi')) return UPI_INTENT
  const mode = paymentModes.find((offered) => code === '' || offered === code)
  if (mode === undefined) throw new Refusal('invalid', 'pay_mode_id is not among the payment modes of this order')
  return PAY_MODES[mode]
}
