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

/** Whether a value is a whole number from 0, which milliseconds and counts are. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0

/** What a setting takes, if it does not take the value. */
const expectedInstead = <Settings>(
  rule: SettingRules<Settings>[keyof Settings],
  value: unknown,
): string | undefined => {
  if ('allows' in rule) return rule.allows(value) ? undefined : rule.expected
  return rule.some((allowed) => allowed === value) ? undefined : rule.map(String).join(' or ')
}

/**
 * Checks settings that came from outside. `option` names the option that they belong to, for the messages. Errors: `InvalidInput`,
 * which names the setting and what it takes, never the value.
 */
export const checkSettings = <Settings extends object>(
  rules: SettingRules<Settings>,
  input: unknown,
  option?: string,
): void => {
  if (!isRecord(input)) throw invalid(option ?? 'the body', 'an object of settings')
  const named = (text: string, separator: string) => (option === undefined ? text : `${option}${separator}${text}`)
  const known = new Map<string, SettingRules<Settings>[keyof Settings]>(Object.entries(rules))
  for (const [name, value] of Object.entries(input)) {
    const rule = known.get(name)
    if (rule === undefined)
      throw new InvalidInput(named(`unknown setting; there are: ${[...known.keys()].join(', ')}`, ': '))
    const expected = expectedInstead(rule, value)
    if (expected !== undefined) throw invalid(named(name, '.'), expected)
  }
}

/** Changes settings to values that came from outside. Changes none of them if one is wrong. Errors: `InvalidInput`. */
export const changeSettings = <Settings extends object>(
  settings: Settings,
  rules: SettingRules<Settings>,
  input: unknown,
): void => {
  checkSettings(rules, input)
  Object.assign(settings, input)
}
