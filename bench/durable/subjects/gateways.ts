import { startIppoPayEmulator, startPayopEmulator } from '../../../src/emulators/index.js'

/** Both emulated gateways, as accounts of a configuration. */
const start = async (): Promise<void> => {
  const [payop, ippopay] = await Promise.all([startPayopEmulator(), startIppoPayEmulator()])
  const { publicKey, secretKey } = payop.credentials
  process.once('disconnect', () => process.exit())
  process.send?.({
    europe: { adapter: 'payop', apiUrl: payop.apiUrl, checkoutUrl: payop.checkoutUrl, publicKey, secretKey },
    india: {
      adapter: 'ippopay',
      mode: 'live',
      apiUrl: ippopay.apiUrl,
      checkoutUrl: ippopay.checkoutUrl,
      publicKey: ippopay.credentials.publicKey,
      secretKey: ippopay.credentials.secretKey,
    },
  })
}

void start()
