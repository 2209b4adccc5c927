import * as E from 'fp-ts/lib/Either.js'
import {
  type Adapter,
  fieldOf,
  invalidRequest,
  isObject,
  type Json,
  type NotificationTarget,
  parseJson,
} from '../../core/index.js'
import { OrderId } from './wire.js'

/** Texts and numbers of a notification by dotted path. */
type Lookup = (path: string) => string | undefined

// IppoPay documents nothing about notifications but that `notify_url` exists. So every likely shape is read, and only for the
// order that it names.
const orderIdPaths = [
  'data.order.order_id',
  'data.transaction.order_id',
  'order.order_id',
  'transaction.order_id',
  'order_id',
  'orderId',
]

const reportedPaths = {
  order: ['data.order.status', 'order.status'],
  transaction: ['data.transaction.status', 'transaction.status'],
  refund: ['data.transaction.refund_status', 'transaction.refund_status', 'refund_status'],
  status: ['status'],
  transactionId: ['data.transaction.trans_id', 'transaction.trans_id', 'trans_id', 'transaction_no'],
}

const inJson =
  (body: Json): Lookup =>
  (path) => {
    let value: Json | undefined = body
    for (const name of path.split('.')) value = isObject(value) ? fieldOf(value, name) : undefined
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
  }

/** `data[order][order_id]`, as PHP and others write nested names in a form or a query, or `data.order.order_id`. */
const inForm = (form: string): Lookup => {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(form)) {
    const path = name.replace(/\[([^[\]]*)\]/g, '.$1')
    if (!fields.has(path)) fields.set(path, value)
  }
  return (path) => fields.get(path)
}

const inBody = (body: string): Lookup => {
  const json = parseJson(body)
  return json === undefined ? inForm(body) : inJson(json)
}

const inQuery = (url: string): Lookup => inForm(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '')

const firstOf = (lookup: Lookup, paths: readonly string[], accepts: (value: string) => boolean): string | undefined =>
  paths.map(lookup).find((value) => value !== undefined && accepts(value))

// A word and not a sentence: what is reported is kept.
const isShort = (value: string): boolean => /^[\w .@!:-]{1,64}$/.test(value)

const reportedIn = (lookup: Lookup): NotificationTarget['reported'] =>
  Object.fromEntries(
    Object.entries(reportedPaths).flatMap(([name, paths]) => {
      const value = firstOf(lookup, paths, isShort)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )

/**
 * The order that a notification, or a payer's return to `return_url`, names: POST or GET; JSON, form or query. It is a
 * reason to read that order and nothing else. Gives `InvalidRequest` if it names no order.
 */
export const notification =
  (account: string): Adapter['notification'] =>
  ({ method, url, body }) => {
    if (method !== 'POST' && method !== 'GET')
      return E.left(invalidRequest([{ path: 'method', expected: 'POST or GET' }]))
    for (const lookup of [inBody(body), inQuery(url)]) {
      const id = firstOf(lookup, orderIdPaths, OrderId.is)
      if (id !== undefined)
        return E.right({ reference: { kind: 'payment', account, id }, reported: reportedIn(lookup) })
    }
    return E.left(invalidRequest([{ path: 'body', expected: 'a notification that names an order' }]))
  }
