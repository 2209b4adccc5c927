import { finality, type Kind, type KnownStatus, machines, type Rule, ruleFor } from '../core/index.js'

/** One machine with its statuses as plain text. */
export interface MachineView {
  /** The statuses, in the order of the normal course. */
  readonly statuses: readonly string[]
  /** What an observed status does to a recorded one. */
  readonly rule: (recorded: string, observed: string) => Rule
  /** Whether a status is an end. */
  readonly end: (status: string) => ReturnType<typeof finality>
}

/** The machine of a kind, to be shown or written out. */
export const viewOf = <K extends Kind>(kind: K): MachineView => {
  const statuses: readonly KnownStatus<K>[] = machines[kind].statuses
  const known = new Map<string, KnownStatus<K>>(statuses.map((status) => [status, status]))
  const named = (text: string): KnownStatus<K> => {
    const status = known.get(text)
    if (status === undefined) throw new Error(`No status of a ${kind}: ${text}`)
    return status
  }
  return {
    statuses,
    rule: (recorded, observed) => ruleFor(kind, named(recorded), named(observed)),
    end: (status) => finality(kind, named(status)),
  }
}

interface Edge {
  readonly from: string
  readonly to: string
  readonly rule: Rule
}
type Edges = readonly Edge[]

/** The arrow of each rule that is shown, both ways with a `<` before it. */
const arrows: ReadonlyMap<Rule, string> = new Map([
  ['advance', '-->'],
  ['late', '-. late .->'],
  ['advance_alert', '== ! ==>'],
  ['reverse_if_confirmed', '== failed, twice ==>'],
  ['return_if_confirmed', '== failed, twice ==>'],
])

const edgesOf = ({ statuses, rule }: MachineView): Edges =>
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

/** What is shown of a machine: its groups, and its edges with what all of a group share as one. */
const viewWithEdges = (kind: Kind) => {
  const view = viewOf(kind)
  const groupOf = (end: 'open' | 'reversible'): Group => [
    end,
    view.statuses.filter((status) => view.end(status) === end),
  ]
  const groups = [groupOf('open'), groupOf('reversible')].filter(([, members]) => members.length > 1)
  const outwards = groups.reduce<Edges>((edges, group) => gathered(edges, group, 'from'), edgesOf(view))
  const both = groups.reduce<Edges>((edges, group) => gathered(edges, group, 'to'), outwards)
  return { view, groups, edges: withoutShortcuts(both, view.statuses) }
}

/**
 * A state machine as a flow chart of Mermaid: open statuses and reversible ends in boxes, and what all of a box share shown
 * once.
 */
export const flowChart = (kind: Kind): string => {
  const { groups, edges } = viewWithEdges(kind)
  const box = ([name, members]: Group) => [
    `  subgraph ${name} [${name === 'open' ? 'open' : 'reversible ends'}]`,
    ...members.map((member) => `    ${member}`),
    '  end',
  ]
  return ['flowchart LR', ...groups.flatMap(box), ...lines(edges)].join('\n')
}

/** A box of the drawing. */
interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const WIDTH = 140
const HEIGHT = 34
const ACROSS = 290
const DOWN = 62
const MARGIN = 40

/**
 * Where each status stands: what is open at the left; what has arrived at the top, with the reversible ends below it; what was taken back
 * at the right, between the two.
 */
const placesOf = ({ statuses, end }: MachineView): ReadonlyMap<string, Box> => {
  const open = statuses.filter((status) => end(status) === 'open')
  const reversible = statuses.filter((status) => end(status) === 'reversible')
  const [arrived = [], back = []] = [0, 1].map((from) => {
    const ends = statuses.filter((status) => end(status) === 'terminal')
    return from === 0 ? ends.slice(0, 1) : ends.slice(1)
  })
  const tallest = Math.max(open.length, reversible.length + 2.6)
  const column = (names: readonly string[], across: number, first: number) =>
    names.map(
      (name, down) =>
        [
          name,
          { x: MARGIN + across * ACROSS, y: MARGIN + (first + down) * DOWN, width: WIDTH, height: HEIGHT },
        ] as const,
    )
  return new Map([
    ...column(open, 0, (tallest - open.length) / 2),
    ...column(arrived, 1, 0),
    ...column(reversible, 1, tallest - reversible.length),
    ...column(back, 2, 1),
  ])
}

const around = (boxes: readonly Box[]): Box => {
  const x = Math.min(...boxes.map((box) => box.x)) - 14
  const y = Math.min(...boxes.map((box) => box.y)) - 24
  return {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) + 14 - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) + 14 - y,
  }
}

const labels: ReadonlyMap<Rule, string> = new Map([
  ['late', 'late'],
  ['advance_alert', 'alert'],
  ['reverse_if_confirmed', 'failed, twice'],
  ['return_if_confirmed', 'failed, twice'],
])

const classes: ReadonlyMap<Rule, string> = new Map([
  ['advance', 'go'],
  ['late', 'late'],
])

const isBeside = (one: Box, other: Box): boolean => one.x + one.width <= other.x || other.x + other.width <= one.x

/** From one box to another: by their sides if they stand beside each other, else around the right of both. `nth` of both ways keeps them apart. */
const wayOf = (from: Box, to: Box, nth: number): readonly [path: string, x: number, y: number] => {
  const middle = (box: Box) => box.y + box.height / 2
  if (isBeside(from, to)) {
    const [x1, x2] = from.x < to.x ? [from.x + from.width, to.x] : [from.x, to.x + to.width]
    const [y1, y2] = [middle(from) + nth * 14, middle(to) + nth * 14]
    const half = (x1 + x2) / 2
    return [`M${x1} ${y1}C${half} ${y1} ${half} ${y2} ${x2} ${y2}`, half, (y1 + y2) / 2 - 3]
  }
  const out = Math.max(from.x + from.width, to.x + to.width) + 34 + nth * 14
  const [y1, y2] = [middle(from) + nth * 6, middle(to) + nth * 6]
  return [`M${from.x + from.width} ${y1}C${out} ${y1} ${out} ${y2} ${to.x + to.width} ${y2}`, out - 4, (y1 + y2) / 2]
}

/** Each edge with its place among those of the same two boxes, from -1 to 1. */
const apart = (edges: Edges): readonly (readonly [Edge, number])[] =>
  edges.map((edge) => {
    const both = edges.filter(
      ({ from, to }) => (from === edge.from && to === edge.to) || (from === edge.to && to === edge.from),
    )
    return [edge, both.indexOf(edge) - (both.length - 1) / 2]
  })

const style = `svg{--line:#57606a;--text:#1f2328;--box:#f6f8fa;--alert:#9a3412}
@media (prefers-color-scheme:dark){svg{--line:#8b949e;--text:#e6edf3;--box:#161b22;--alert:#fb923c}}
text{font:13px system-ui,sans-serif;fill:var(--text);text-anchor:middle}.label{font-size:11px}
rect{fill:var(--box);stroke:var(--line)}.group{fill:none;stroke-dasharray:3 3}
path{fill:none;stroke:var(--line);marker-end:url(#to)}.late{stroke-dasharray:5 4}.alert{stroke:var(--alert);stroke-width:2}`

/** A state machine as a drawing in SVG, for light and dark pages. It shows what {@link flowChart} shows. */
export const stateDiagram = (kind: Kind): string => {
  const { view, groups, edges } = viewWithEdges(kind)
  const places = new Map(placesOf(view))
  const statuses = [...places]
  const frames = groups.map(([name, members]) => {
    const box = around(members.flatMap((member) => places.get(member) ?? []))
    places.set(name, box)
    return [name, box] as const
  })
  // The title of their box says that reversible ends correct each other.
  const isWithin = ({ from, to, rule }: Edge) =>
    rule === 'late' && view.end(from) === 'reversible' && view.end(to) === 'reversible'
  const isMember = (name: string) => view.statuses.includes(name)
  const shown = edges.filter((edge) => !(isMember(edge.from) && isMember(edge.to) && isWithin(edge)))
  const arrowsOf = apart(shown).map(([{ from, to, rule }, nth]) => {
    const [one, other] = [places.get(from), places.get(to)]
    if (one === undefined || other === undefined) return ''
    const [path, x, y] = wayOf(one, other, nth)
    const label = labels.get(rule)
    const text = label === undefined ? '' : `<text class="label" x="${x}" y="${y}">${label}</text>`
    return `<path class="${classes.get(rule) ?? 'alert'}" d="${path}"/>${text}`
  })
  const boxes = [...places.values()]
  const width = Math.max(...boxes.map((box) => box.x + box.width)) + MARGIN + 40
  const height = Math.max(...boxes.map((box) => box.y + box.height)) + MARGIN
  const rectangle = ({ x, y, width: w, height: h }: Box, name: string) =>
    `<rect class="${name}" x="${x}" y="${y}" width="${w}" height="${h}" rx="7"/>`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The statuses of a ${kind}">`,
    `<style>${style}</style>`,
    '<marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8"/></marker>',
    ...frames.map(
      ([name, box]) =>
        `${rectangle(box, 'group')}<text class="label" x="${box.x + box.width / 2}" y="${box.y + 14}">${name === 'open' ? 'open' : 'reversible: late reads'}</text>`,
    ),
    ...arrowsOf,
    ...statuses.map(
      ([status, box]) =>
        `${rectangle(box, 'status')}<text x="${box.x + box.width / 2}" y="${box.y + 22}">${status}</text>`,
    ),
    '</svg>',
  ].join('\n')
}
