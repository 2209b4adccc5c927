const MAX_DEPTH = 32
const MAX_KEYS = 1000

const endOfText = (json: string, start: number): number => {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === '\\') at++
    else if (json[at] === '"') return at
  }
  return json.length
}

/**
 * Whether JSON is nested at most 32 deep and has at most 1,000 keys, found out without recursion and before anything
 * recursive sees it. Text that does not begin as an object or an array has neither.
 */
export const isWithinBounds = (json: string): boolean => {
  if (!/^\s*[[{]/.test(json)) return true
  let depth = 0
  let keys = 0
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case '"':
        at = endOfText(json, at)
        break
      case '[':
      case '{':
        depth++
        break
      case ']':
      case '}':
        depth--
        break
      case ':':
        keys++
        break
    }
    if (depth > MAX_DEPTH || keys > MAX_KEYS) return false
  }
  return true
}
