/**
 * Names of fields that hold personal data, a link that lets its holder pay, or what a gateway or the merchant wrote: shown with `--reveal`
 * only.
 */
const personal: ReadonlySet<string> = new Set([
  'attestation',
  'attestedBy',
  'bankReference',
  'beneficiary',
  'body',
  'metadata',
  'nextAction',
  'note',
  'payer',
])

/** What stands in the place of what is not shown. */
const MASK = '***'

const copyOf = (value: unknown, shown: readonly string[]): unknown => {
  if (Array.isArray(value)) return value.map((entry) => copyOf(entry, shown))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      personal.has(name) && !shown.includes(name) ? MASK : copyOf(field, shown),
    ]),
  )
}

/** A copy of plain data in which everything personal is {@link MASK}, but for the fields that are `shown`. */
export const masked = <A extends object>(value: A, shown: readonly string[] = []): A => Object(copyOf(value, shown))
