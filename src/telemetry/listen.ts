import { type Moments, moments, type Traces, traces } from '../core/index.js'

/** What is called when traces begin and end, and with what happens at one moment. */
export interface Listener {
  readonly begin?: { readonly [Name in keyof Traces]?: (trace: Traces[Name]) => void }
  readonly end?: { readonly [Name in keyof Traces]?: (trace: Traces[Name]) => void }
  readonly moment?: { readonly [Name in keyof Moments]?: (message: Moments[Name]) => void }
}

type Handler<M> = (message: M) => void

const ignore = (): void => {}

/** A handler whose errors end here: what it throws on a channel would end the process. */
const quiet = <M>(handler: Handler<M> | undefined, failed: (error: unknown) => void): Handler<M> | undefined =>
  handler &&
  ((message) => {
    try {
      handler(message)
    } catch (error) {
      failed(error)
    }
  })

const listenToTrace = <Name extends keyof Traces>(
  name: Name,
  { begin, end }: Listener,
  failed: (error: unknown) => void,
): (() => void) => {
  const start = quiet(begin?.[name], failed)
  const asyncEnd = quiet(end?.[name], failed)
  if (start === undefined && asyncEnd === undefined) return ignore
  const subscribers = {
    start: start ?? ignore,
    end: ignore,
    asyncStart: ignore,
    asyncEnd: asyncEnd ?? ignore,
    error: ignore,
  }
  traces[name].subscribe(subscribers)
  return () => traces[name].unsubscribe(subscribers)
}

const listenToMoment = <Name extends keyof Moments>(
  name: Name,
  { moment }: Listener,
  failed: (error: unknown) => void,
): (() => void) => {
  const handler = quiet(moment?.[name], failed)
  return handler === undefined ? ignore : moments[name].subscribe(handler)
}

const namesIn = <T extends object>(table: T): readonly (keyof T)[] => Object.keys(table) as (keyof T)[]

/** Begins to listen. `failed` takes what a handler throws. Gives what ends it. */
export const listen = (listener: Listener, failed: (error: unknown) => void): (() => void) => {
  const ends = [
    ...namesIn(traces).map((name) => listenToTrace(name, listener, failed)),
    ...namesIn(moments).map((name) => listenToMoment(name, listener, failed)),
  ]
  return () => {
    for (const end of ends) end()
  }
}
