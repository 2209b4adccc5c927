/**
 * The code of an error of Node's (`ECONNRESET`, `HPE_INVALID_CONSTANT`, `CERT_HAS_EXPIRED`), if it looks like one. The
 * only thing taken from a foreign error: its message and properties may hold addresses, headers and bodies.
 */
export const codeOf = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  const { code } = error
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : undefined
}
