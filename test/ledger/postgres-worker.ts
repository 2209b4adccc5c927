import { open } from './postgres-open.js'

/**
 * A process that works on a ledger beside others: prints each subject it is handed, then delivers its first event. With
 * `hang` it keeps what it is handed, and is to be killed. Ends with its input.
 *
 * tsx postgres-worker.ts <url> deliver|hang
 */
const [url = '', mode] = process.argv.slice(2)

const run = async (): Promise<void> => {
  const store = await open(url)
  const work = store.work(async (job) => {
    if (job.job !== 'events') return
    process.stdout.write(`${job.subject}\n`)
    if (mode === 'hang') await new Promise(() => {})
    await store.commit([{ write: 'delivered', id: `${job.subject}#1` }])()
  }, 4)
  process.stdout.write('open\n')
  process.stdin.on('end', () => void work.stop().then(store.close))
  process.stdin.resume()
}

void run()
