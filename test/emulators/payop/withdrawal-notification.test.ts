import sodium from 'libsodium-wrappers'
import { startReceiver } from '../kit/receiver.js'
import { useFixture } from './fixture.js'

const fixture = useFixture()

describe('the notification of a withdrawal', () => {
  it('has the amount, and neither method nor fee', async () => {
    const { emulator, client } = fixture()
    const receiver = await startReceiver()
    emulator.setIpnUrls({ withdrawal: receiver.url })
    await sodium.ready
    const item = {
      method: 15,
      type: 1,
      amount: 100,
      currency: 'EUR',
      additionalData: { direction: 'Payout 42', referenceId: 'account-7' },
      metadata: { paymux: 'po-42' },
    }
    const certificate = Buffer.from(emulator.credentials.certificate, 'base64')
    const data = Buffer.from(sodium.crypto_box_seal(JSON.stringify([item]), certificate)).toString('base64')
    await client.post('/v1/withdrawals/create-mass', { data })
    const withdrawalId = emulator.withdrawals()[0]?.id ?? ''
    emulator.decideWithdrawal(withdrawalId, 4)
    emulator.decideWithdrawal(withdrawalId, 3, 'Unknown account')
    await emulator.settled()
    expect(receiver.received.map(({ body }) => body)).toEqual([
      {
        transaction: {
          withdrawalId,
          state: 3,
          amount: 100,
          currency: 'EUR',
          comment: 'Unknown account',
          metadata: { paymux: 'po-42' },
          error: { message: '', code: '' },
        },
      },
    ])
    await receiver.close()
  })
})
