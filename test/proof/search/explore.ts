/** A step from one state to the next. */
export interface Move<State> {
  readonly what: string
  readonly to: State
  /** Something went wrong here: a crash, a loss, a refusal. Without faults every state has to come to rest. */
  readonly fault: boolean
  /** A rule that the step itself breaks. */
  readonly wrong?: string
}

/** A finite world. States with the same key behave the same. */
export interface Model<State> {
  readonly start: State
  readonly moves: (state: State) => readonly Move<State>[]
  readonly keyOf: (state: State) => string
  /** The rule that a state breaks. */
  readonly wrong: (state: State) => string | undefined
  /** Nothing has to happen any more. */
  readonly atRest: (state: State) => boolean
}

/** A broken rule, and the shortest way there. */
export interface Wrong {
  readonly what: string
  readonly trace: readonly string[]
}

/** What a search has seen. */
export interface Explored {
  readonly states: number
  readonly transitions: number
  readonly seconds: number
  /** The first broken rule; the search ends with it. */
  readonly wrong?: Wrong
}

interface Graph {
  readonly parents: number[]
  readonly labels: string[]
  /** Edges without a fault, as pairs. */
  readonly edges: number[]
  readonly resting: number[]
}

const traceTo = ({ parents, labels }: Graph, state: number): readonly string[] => {
  const trace: string[] = []
  for (let at = state; at > 0; at = parents[at] ?? 0) trace.unshift(labels[at] ?? '')
  return trace
}

/** The first state from which no way without faults leads to rest. */
const firstStuck = ({ parents, edges, resting }: Graph): number | undefined => {
  const into: number[][] = parents.map(() => [])
  for (let i = 0; i < edges.length; i += 2) into[edges[i + 1] ?? 0]?.push(edges[i] ?? 0)
  const comesToRest = new Uint8Array(parents.length)
  const queue = [...resting]
  for (const state of queue) comesToRest[state] = 1
  for (let state = queue.pop(); state !== undefined; state = queue.pop())
    for (const before of into[state] ?? [])
      if (comesToRest[before] === 0) {
        comesToRest[before] = 1
        queue.push(before)
      }
  const stuck = comesToRest.indexOf(0)
  return stuck === -1 ? undefined : stuck
}

/** Visits every state that can be reached, nearest first, and checks each. */
export const explore = <State>({ start, moves, keyOf, wrong, atRest }: Model<State>): Explored => {
  const began = performance.now()
  const graph: Graph = { parents: [0], labels: [''], edges: [], resting: [] }
  const numbers = new Map([[keyOf(start), 0]])
  let transitions = 0
  let broken: Wrong | undefined
  let frontier: (readonly [number, State])[] = [[0, start]]

  const visit = (from: number, { what, to, fault, wrong: wrongStep }: Move<State>): readonly [number, State][] => {
    transitions += 1
    const key = keyOf(to)
    const known = numbers.get(key)
    const number = known ?? graph.parents.length
    if (!fault) graph.edges.push(from, number)
    const found = wrongStep ?? (known === undefined ? wrong(to) : undefined)
    if (found !== undefined) broken ??= { what: found, trace: [...traceTo(graph, from), what] }
    if (known !== undefined) return []
    numbers.set(key, number)
    graph.parents.push(from)
    graph.labels.push(what)
    return [[number, to]]
  }

  while (frontier.length > 0 && broken === undefined) {
    const next: (readonly [number, State])[] = []
    for (const [number, state] of frontier) {
      if (atRest(state)) graph.resting.push(number)
      for (const move of moves(state)) next.push(...visit(number, move))
    }
    frontier = next
  }
  const stuck = broken === undefined ? firstStuck(graph) : undefined
  if (stuck !== undefined)
    broken = { what: 'never comes to rest, even without further faults', trace: traceTo(graph, stuck) }
  return {
    states: numbers.size,
    transitions,
    seconds: (performance.now() - began) / 1000,
    ...(broken === undefined ? {} : { wrong: broken }),
  }
}
