import type { Execution, Request, State, World } from './world.js'
import { timeAt } from './world.js'

/** What a gateway says to a request that it takes. */
export type Said =
  | { readonly says: 'done'; readonly execution: Execution }
  /** "I had this key before", and nothing about its result. */
  | { readonly says: 'registered' }

/** The execution that a gateway which de-duplicates takes a request for a repeat of. */
const firstOf = (state: State, world: World, request: Request): Execution | undefined => {
  const { declared, gateway, times } = world
  if (gateway === 'none' || declared.kind === 'none') return undefined
  const now = times[state.tick] ?? 0
  return state.executions.find(
    ({ account, key, at }) => account === request.account && key === request.key && now < at + declared.windowMs,
  )
}

/** A gateway takes a request: it carries it out, unless it knows it for a repeat. */
export const take = (state: State, world: World, request: Request): { readonly state: State; readonly said: Said } => {
  const first = firstOf(state, world, request)
  if (first !== undefined)
    return { state, said: world.gateway === 'replays' ? { says: 'done', execution: first } : { says: 'registered' } }
  const execution = { ...request, at: timeAt(world, state.tick) }
  return { state: { ...state, executions: [...state.executions, execution] }, said: { says: 'done', execution } }
}

/** What a read finds. A created object alone does not tell that the submission came. */
export const find = (state: State, account: string, n: number | undefined): Execution | undefined =>
  state.executions.find((execution) => execution.account === account && (n === undefined || execution.n === n))
