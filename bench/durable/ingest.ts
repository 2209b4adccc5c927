import type { Ledger } from './ledgers.js'
import { startSubject } from './measured.js'
import { type Extent, type Figures, measureRounds, type Took } from './rounds.js'
import type { Deliveries } from './subjects/load.js'

/** Connections of the load. */
const CONNECTIONS = 64

/** Notifications over HTTP, from a process of their own, until they are answered. */
export const measureIngest = async (ledger: Ledger, works: boolean, extent: Extent): Promise<Figures> => {
  const load = await startSubject<object, Deliveries, Took>('load')
  try {
    return await measureRounds(
      {
        what: `${ledger.name}${works ? ', background work on' : ''}`,
        ledger,
        atOnce: CONNECTIONS,
        start: async (from, payments) => {
          const subject = await startSubject<{ readonly url: string }>('ingest', {
            place: ledger.place,
            works,
            from,
            payments,
          })
          const { url } = subject.hello
          return {
            subject,
            run: (first, times) => load.ask({ url, from: first, times, connections: CONNECTIONS }),
          }
        },
      },
      extent,
    )
  } finally {
    load.stop()
  }
}
