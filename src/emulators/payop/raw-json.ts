const TOKEN = /"(?:[^"\\]|\\.)*"|[-\d][\d.eE+-]*|true|false|null|[{}[\],:]/g

/**
 * The text of one number exactly as a JSON document has it: `2.00` stays `2.00`. `path` leads through objects; the last of
 * several equal keys counts, as in `JSON.parse`. Returns undefined if there is no number at the path.
 */
export const rawNumber = (json: string, path: readonly string[]): string | undefined => {
  const wanted = JSON.stringify(path)
  let parents: readonly (string | null)[] = []
  let key: string | null = null
  let last = ''
  let found: string | undefined
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      parents = [...parents, key]
      key = null
    } else if (token === '}' || token === ']') {
      key = null
      parents = parents.slice(0, -1)
    } else if (token === ',') key = null
    else if (token === ':') key = String(JSON.parse(last))
    else if (/^[-\d]/.test(token) && JSON.stringify([...parents.slice(1), key]) === wanted) found = token
    last = token
  }
  return found
}
