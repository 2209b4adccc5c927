import { InvalidInput, invalid, isRecord } from './input.js'

/** For each setting the values that it takes, or a test for them with a text for the error. */
export type SettingRules<Settings> = {
  readonly [Name in keyof Settings]:
    | readonly Settings[Name][]
    | {
        /** What the setting takes, for a message. */
        readonly expected: string
        /** Whether it takes a value. */
        readonly allows: (value: unknown) => boolean
      }
}

/** Changes settings to values that came from outside. Changes none of them if one is wrong. Errors: `InvalidInput`. */
export const changeSettings = <Settings extends object>(
  settings: Settings,
  rules: SettingRules<Settings>,
  input: unknown,
): void => {
  if (!isRecord(input)) throw invalid('the body', 'an object of settings')
  const known = new Map<string, SettingRules<Settings>[keyof Settings]>(Object.entries(rules))
  for (const [name, value] of Object.entries(input)) {
    const rule = known.get(name)
    if (rule === undefined) throw new InvalidInput(`unknown setting; there are: ${[...known.keys()].join(', ')}`)
    if ('allows' in rule) {
      if (!rule.allows(value)) throw invalid(name, rule.expected)
    } else if (!rule.some((allowed) => allowed === value)) throw invalid(name, rule.map(String).join(' or '))
  }
  Object.assign(settings, input)
}
