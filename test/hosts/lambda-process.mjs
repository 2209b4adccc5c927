/** Calls the handlers of the example as AWS Lambda does: one call at a time, each with an event and a context. */
const handlers = await import(new URL(`file://${process.cwd()}/handler.ts`))

process.on('message', async ({ handler, event, remainingMs }) => {
  const until = Date.now() + remainingMs
  try {
    const result = await handlers[handler](event, { getRemainingTimeInMillis: () => until - Date.now() })
    process.send({ result })
  } catch (error) {
    process.send({ error: String(error) })
  }
})
process.send({ result: 'ready' })
