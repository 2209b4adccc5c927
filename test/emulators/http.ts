/** What a client sees of an answer. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Whether it is marked as something that no document of the gateway shows. */
  readonly synthetic: boolean
  readonly text: string
  /** Undefined if the text is not JSON. */
  readonly body: unknown
}

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Sends one request and follows no redirect. */
export const send = async (url: string, init: RequestInit = {}): Promise<Answer> => {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    synthetic: response.headers.get('x-emulator-synthetic') === '1',
    text,
    body: parseJson(text),
  }
}

/** The value at a path of parsed JSON. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
