import type { Kind, Rule } from '../../src/core/index.js'
import { type View, viewOf } from './state-machines.js'

interface Edge {
  readonly from: string
  readonly to: string
  readonly rule: Rule
}
type Edges = readonly Edge[]

/** The arrow of each rule that is drawn, both ways with a `<` before it. */
const arrows: ReadonlyMap<Rule, string> = new Map([
  ['advance', '-->'],
  ['late', '-. late .->'],
  ['advance_alert', '== ! ==>'],
  ['reverse_if_confirmed', '== failed, twice ==>'],
  ['return_if_confirmed', '== failed, twice ==>'],
])

const edgesOf = ({ statuses, rule }: View): Edges =>
  statuses.flatMap((from) =>
    statuses
      .map((to) => ({ from, rule: rule(from, to), to }))
      .filter((edge) => arrows.has(edge.rule))
      .map(toItsEnd),
  )

/** A contradiction that is confirmed ends elsewhere than where it was read. */
const toItsEnd = (edge: Edge): Edge => {
  if (edge.rule === 'reverse_if_confirmed') return { ...edge, to: 'reversed' }
  if (edge.rule === 'return_if_confirmed') return { ...edge, to: 'returned' }
  return edge
}

const has = (edges: Edges, { from, to, rule }: Edge): boolean =>
  edges.some((edge) => edge.from === from && edge.to === to && edge.rule === rule)

type Group = readonly [name: string, members: readonly string[]]

/** Edges that all members of a group have at their `end` become one edge of the group. */
const gathered = (edges: Edges, [name, members]: Group, end: 'from' | 'to'): Edges => {
  const other = end === 'from' ? 'to' : 'from'
  const isShared = (edge: Edge) =>
    members.includes(edge[end]) &&
    !members.includes(edge[other]) &&
    members.every((member) => has(edges, { ...edge, [end]: member }))
  return edges
    .filter((edge) => !isShared(edge) || edge[end] === members[0])
    .map((edge) => (isShared(edge) ? { ...edge, [end]: name } : edge))
}

/** Without the steps of the normal course that two shorter ones make up for. */
const withoutShortcuts = (edges: Edges, order: readonly string[]): Edges => {
  const steps = edges.filter(({ from, to, rule }) => rule === 'advance' && order.indexOf(from) < order.indexOf(to))
  const isShortcut = (edge: Edge) =>
    steps.some(({ from, to }) => from === edge.from && has(steps, { ...edge, from: to }))
  return edges.filter((edge) => !(steps.includes(edge) && isShortcut(edge)))
}

/** Each edge as a line, one for both ways where both are there. */
const lines = (edges: Edges): readonly string[] =>
  edges.flatMap((edge, index) => {
    const back = edges.findIndex(({ from, to, rule }) => from === edge.to && to === edge.from && rule === edge.rule)
    if (back !== -1 && back < index) return []
    return [`  ${edge.from} ${back === -1 ? '' : '<'}${arrows.get(edge.rule)} ${edge.to}`]
  })

/** A state machine as a flow chart: open statuses and reversible ends in boxes, and what all of a box share drawn once. */
export const flowChart = (kind: Kind): string => {
  const view = viewOf(kind)
  const groupOf = (end: 'open' | 'reversible'): Group => [
    end,
    view.statuses.filter((status) => view.end(status) === end),
  ]
  const groups = [groupOf('open'), groupOf('reversible')].filter(([, members]) => members.length > 1)
  const outwards = groups.reduce<Edges>((edges, group) => gathered(edges, group, 'from'), edgesOf(view))
  const both = groups.reduce<Edges>((edges, group) => gathered(edges, group, 'to'), outwards)
  const box = ([name, members]: Group) => [
    `  subgraph ${name} [${name === 'open' ? 'open' : 'reversible ends'}]`,
    ...members.map((member) => `    ${member}`),
    '  end',
  ]
  return [
    '```mermaid',
    'flowchart LR',
    ...groups.flatMap(box),
    ...lines(withoutShortcuts(both, view.statuses)),
    '```',
  ].join('\n')
}
