import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type IppoPayEmulator,
  type PayopEmulator,
  startIppoPayEmulator,
  startPayopEmulator,
} from '../../src/emulators/index.js'

/** Both emulators, a folder for ledgers, and the variables that configurations refer to. */
export interface Stage {
  readonly payop: PayopEmulator
  readonly ippopay: IppoPayEmulator
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

export const openStage = async (): Promise<Stage> => {
  const payop = await startPayopEmulator()
  const ippopay = await startIppoPayEmulator()
  const folder = mkdtempSync(join(tmpdir(), 'paymux-test-'))
  const spare = payop.addProject()
  return {
    payop,
    ippopay,
    folder,
    env: {
      PAYOP_API_URL: payop.apiUrl,
      PAYOP_CHECKOUT_URL: payop.checkoutUrl,
      PAYOP_PUBLIC_KEY: payop.credentials.publicKey,
      PAYOP_SECRET_KEY: payop.credentials.secretKey,
      PAYOP_TOKEN: payop.credentials.token,
      PAYOP_PROJECT_ID: payop.credentials.projectId,
      PAYOP_CERTIFICATE: payop.credentials.certificate,
      PAYOP_SPARE_PUBLIC_KEY: spare.publicKey,
      PAYOP_SPARE_SECRET_KEY: spare.secretKey,
      PAYOP_SPARE_TOKEN: payop.credentials.token,
      PAYOP_SPARE_PROJECT_ID: spare.id,
      PAYOP_SPARE_CERTIFICATE: payop.credentials.certificate,
      IPPOPAY_API_URL: ippopay.apiUrl,
      IPPOPAY_CHECKOUT_URL: ippopay.checkoutUrl,
      IPPOPAY_PUBLIC_KEY: ippopay.credentials.publicKey,
      IPPOPAY_SECRET_KEY: ippopay.credentials.secretKey,
      IPPOPAY_PAYOUTS_PUBLIC_KEY: ippopay.credentials.payouts.publicKey,
      IPPOPAY_PAYOUTS_SECRET_KEY: ippopay.credentials.payouts.secretKey,
      PAYMUX_FILE: join(folder, 'ledger.db'),
    },
    close: async () => {
      await Promise.all([payop.close(), ippopay.close()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
