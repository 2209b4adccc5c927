/**
 * The text of an `.env` with other values for some variables. Comments and other variables stay; what is missing is appended. A variable that
 * stands there twice is replaced twice: the last one counts.
 */
export const withVariables = (text: string, variables: Readonly<Record<string, string>>): string => {
  const values = new Map(Object.entries(variables))
  const written = new Set<string>()
  const lines = text.split('\n').map((line) => {
    const [, start = '', name = ''] = /^(\s*(?:export\s+)?)([A-Za-z_]\w*)\s*=/.exec(line) ?? []
    const value = values.get(name)
    if (value === undefined) return line
    written.add(name)
    return `${start}${name}=${value}`
  })
  const added = [...values].flatMap(([name, value]) => (written.has(name) ? [] : [`${name}=${value}`]))
  const kept = lines.join('\n').replace(/\n*$/, '')
  return `${[kept, ...added].filter((part) => part !== '').join('\n')}\n`
}
