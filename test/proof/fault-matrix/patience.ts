import type { Send } from '../../../src/core/index.js'
import type { TransportOptions } from '../../../src/transport/index.js'

const PATIENT_MS = 20_000
/** How long silence is listened to. */
export const IMPATIENT_MS = 100

/** Time-outs that are long, until silence is what is tested. */
export const createPatience = () => {
  let limit = PATIENT_MS
  const limits = {
    get firstByteMs() {
      return limit
    },
    get wholeMs() {
      return limit
    },
  }
  const transport: TransportOptions = {
    readLimits: limits,
    writeLimits: limits,
    connectMs: PATIENT_MS,
    sleep: () => Promise.resolve(),
  }
  return {
    transport,
    /** Waits for one answer only a little. */
    losing:
      (send: Send): Send =>
      (wire, hook) =>
      async () => {
        limit = IMPATIENT_MS
        const answer = await send(wire, hook)()
        limit = PATIENT_MS
        return answer
      },
  }
}
