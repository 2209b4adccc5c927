// The names that the examples in the documents and in doc comments may use without declaring them.
import type { Adapter } from 'paymux/adapter'
import type { IppoPayEmulator, PayopEmulator } from 'paymux/emulators'
import type { Payment, PaymentProvider, PaymentRequest, Paymux, PaymuxConfig, Reference } from 'paymux/promises'

declare global {
  const config: PaymuxConfig
  const request: PaymentRequest
  const adapter: Adapter
  const provider: PaymentProvider
  const shop: Paymux
  const payment: Payment
  const reference: Reference<'payment'>
  const payop: PayopEmulator
  const ippopay: IppoPayEmulator
}
