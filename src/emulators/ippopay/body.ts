import { isRecord } from '../kit/input.js'
import type { Fields } from './fields.js'
import { Refusal } from './refusal.js'

/** Reads a JSON body. No body at all is an empty object. */
export const readBody = (raw: string, contentType = ''): Fields => {
  if (raw === '') return {}
  if (!/^application\/json *(;|$)/i.test(contentType)) {
    throw new Refusal('invalid', 'Content-Type must be application/json')
  }
  const body = parseJson(raw)
  if (!isRecord(body)) throw new Refusal('invalid', 'The body must be a JSON object')
  return body
}

const parseJson = (raw: string): unknown => {
  try {
    return JSON.parse(raw)
  } catch {
    return undefined
  }
}
