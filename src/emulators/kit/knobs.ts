import { InvalidInput, invalid, isRecord } from './input.js'

/** For each knob the values it may take, or a test for them with words for the error. */
export type KnobRules<Knobs> = {
  readonly [Name in keyof Knobs]:
    | readonly Knobs[Name][]
    | { readonly expected: string; readonly allows: (value: unknown) => boolean }
}

/** Turns knobs to values that came from outside. Either all of them are turned or, on a wrong one, none. */
export const turnKnobs = <Knobs extends object>(knobs: Knobs, rules: KnobRules<Knobs>, input: unknown): void => {
  if (!isRecord(input)) throw invalid('the body', 'an object of knobs')
  const known = new Map<string, KnobRules<Knobs>[keyof Knobs]>(Object.entries(rules))
  for (const [name, value] of Object.entries(input)) {
    const rule = known.get(name)
    if (rule === undefined) throw new InvalidInput(`unknown knob; there are: ${[...known.keys()].join(', ')}`)
    if ('allows' in rule) {
      if (!rule.allows(value)) throw invalid(name, rule.expected)
    } else if (!rule.some((allowed) => allowed === value)) throw invalid(name, rule.map(String).join(' or '))
  }
  Object.assign(knobs, input)
}
