import type { Deduplication } from '../../../src/core/index.js'
import { type Explored, explore } from './explore.js'
import { protocolModel } from './protocol-model.js'
import { type Bounds, production, type World } from './world.js'

const MINUTE = 60_000
const SHORT_WINDOW_MS = 15 * MINUTE
const DAY_MS = 24 * 60 * MINUTE

const proven = (kind: 'replays' | 'rejects', windowMs = DAY_MS): Deduplication => ({ kind, windowMs, proven: true })

const moves = { A: 'moves_money', B: 'moves_money' } as const

/** Money-moving requests at two accounts whose gateways know no key, and where the deadline passes. */
const base: Omit<World, 'bounds'> = {
  operation: 'payout',
  accounts: ['A', 'B'],
  effects: moves,
  declared: { kind: 'none' },
  gateway: 'none',
  lookup: 'none',
  times: [0, 20 * MINUTE],
  deadlineFor: (now) => now + 20 * MINUTE,
  reloads: false,
  copies: false,
  calls: 2,
  rules: production,
}

/** At the start; when a resend may be too late to arrive in time; when the first keys are forgotten; when the deadline has passed. */
const untilForgotten = [0, SHORT_WINDOW_MS - MINUTE, SHORT_WINDOW_MS, 20 * MINUTE]

/** The classes of gateways, by how they tell a repeat and what a read can find. */
export const worlds = {
  none: { ...base, reloads: true },
  // What nobody has proven is not counted on: here the gateway does not do it.
  'lookup only': { ...base, declared: { kind: 'rejects', windowMs: DAY_MS, proven: false }, lookup: 'by_key' },
  'rejects, proven': {
    ...base,
    declared: proven('rejects'),
    gateway: 'rejects',
    lookup: 'by_key',
    copies: true,
    calls: 1,
  },
  'replays, proven': {
    ...base,
    declared: proven('replays'),
    gateway: 'replays',
    lookup: 'by_key',
    copies: true,
    calls: 1,
  },
  'replays, configuration swapped': {
    ...base,
    declared: proven('replays'),
    gateway: 'replays',
    lookup: 'by_key',
    reloads: true,
    calls: 1,
  },
  'replays, key forgotten': {
    ...base,
    declared: proven('replays', SHORT_WINDOW_MS),
    gateway: 'replays',
    lookup: 'by_key',
    times: untilForgotten,
    deadlineFor: () => 20 * MINUTE,
    calls: 1,
  },
  created: { ...base, operation: 'createPayment', effects: { A: 'creates', B: 'creates' }, calls: 1 },
  'created, then moving': { ...base, operation: 'createPayment', effects: { A: 'creates', B: 'moves_money' } },
  'created while drafting': { ...base, operation: 'createPayment', lookup: 'by_id' },
  refund: { ...base, operation: 'refund', accounts: ['A'] },
} as const satisfies Readonly<Record<string, Omit<World, 'bounds'>>>

export type WorldName = keyof typeof worlds

/** What a pull request is checked with, and what a release is. */
export const shortBounds: Bounds = { crashes: 2, sends: 3 }
export const longBounds: Bounds = { crashes: 3, sends: 4 }

/** Searches one class: every order of everything, within the bounds. */
export const searchProtocol = (name: WorldName, bounds: Bounds, rules = production): Explored =>
  explore(protocolModel({ ...worlds[name], bounds, rules }))
