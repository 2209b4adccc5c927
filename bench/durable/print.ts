export const print = (...lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`)
}

export const printTable = (head: readonly string[], rows: readonly (readonly string[])[]): void => {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  print('', line(head), line(head.map(() => '---')), ...rows.map(line), '')
}

export const whole = (value: number): string => Math.round(value).toString()
export const share = (value: number): string => value.toFixed(2)

/** The value below which so much of the values lies. */
export const percentile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * part) - 1] ?? Number.NaN

export const action = (what: string, isMet: boolean): string => `- ${isMet ? 'PASS' : 'MISS'} ${what}`
