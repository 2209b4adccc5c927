import { modules } from '../modules.js'
import { code, table } from './markdown.js'

const named = (name: string): string => code(name.replace(/\/$/, ''))

const list = (names: readonly string[], none: string): string =>
  names.length === 0 ? none : names.map(named).join(', ')

/** What each module of `src` holds, and what it may import. */
export const moduleTable = (): string =>
  table(
    ['Module of `src`', 'Holds', 'May import', 'Packages', 'Names gateways'],
    Object.entries(modules).map(([name, { holds, imports, packages, namesGateways }]) => [
      named(name),
      holds,
      imports === 'everything' ? 'every module' : list(imports, 'no other module'),
      list(packages, 'none'),
      namesGateways === true ? 'yes' : 'no',
    ]),
  )
