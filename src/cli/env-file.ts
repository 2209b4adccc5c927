/** The text of an `.env` with other values for some variables. Comments and other variables stay; what is missing is appended. */
export const withVariables = (text: string, variables: Readonly<Record<string, string>>): string => {
  const left = new Map(Object.entries(variables))
  const lines = text.split('\n').map((line) => {
    const [, name] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line) ?? []
    const value = name === undefined ? undefined : left.get(name)
    if (name === undefined || value === undefined) return line
    left.delete(name)
    return `${name}=${value}`
  })
  const added = [...left].map(([name, value]) => `${name}=${value}`)
  const kept = lines.join('\n').replace(/\n*$/, '')
  return `${[kept, ...added].filter((part) => part !== '').join('\n')}\n`
}
