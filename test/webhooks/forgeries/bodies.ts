import type { InboxRecord } from '../../../src/ledger/index.js'
import {
  type Forgery,
  INVOICE,
  ORDER,
  OTHER_ID,
  paid,
  REFUND,
  success,
  type Target,
  TRANSACTION,
  WITHDRAWAL,
} from './forgery.js'

type Bodies = Readonly<Record<string, unknown>>

const bytes = (...parts: ReadonlyArray<string | readonly number[]>): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'utf8') : Buffer.from(part))))

const inUtf16 = (text: string, big: boolean): Uint8Array => {
  const little = Buffer.from(`\ufeff${text}`, 'utf16le')
  return big ? little.swap16() : little
}

const bodyOf = (body: unknown): string | Uint8Array =>
  typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)

const group = (target: Target, state: InboxRecord['state'], what: string, bodies: Bodies): readonly Forgery[] =>
  Object.entries(bodies).map(([name, body]) => ({
    name: `${what}: ${name}`,
    target,
    body: bodyOf(body),
    status: 200,
    state,
  }))

/** Values that stand where a word or a number should, as they are written in JSON. */
const odd: Readonly<Record<string, string>> = {
  'a digit in a text': '"2"',
  'a float': '2.0',
  'an exponent': '2e0',
  'a fraction': '2.5',
  'a negative': '-2',
  'negative zero': '-0',
  'more than a double holds': '1e400',
  'more than an integer holds': '9007199254740993',
  'a thousand digits': '9'.repeat(1000),
  'an array': '[2]',
  'an object': '{}',
  'an object with a value': '{"value":2,"toString":"2"}',
  true: 'true',
  false: 'false',
  null: 'null',
  'an empty text': '""',
  'a space': '" 2"',
  'a line break': '"2\\r\\n"',
  'hexadecimal text': '"0x2"',
  'a full-width digit': '"２"',
  'an Arabic digit': '"٢"',
  'a word': '"accepted"',
  'an upper-case word': '"SUCCESS"',
  'a name that every object has': '"constructor"',
  'the prototype’s name': '"__proto__"',
  'a lone surrogate': '"\\ud800"',
  'a NUL': '"\\u0000"',
  SQL: '"2; drop table paymux_objects"',
}

/** Ids that must never reach a path, a statement or a log, as they are written in JSON. */
const strangeIds: Readonly<Record<string, string>> = {
  'steps up': '"../../v1/withdrawals"',
  'escaped steps up': '"%2e%2e%2fv1"',
  'a query': '"x?status=1&a=b"',
  'a fragment': '"x#12345678"',
  'a line break and a header': '"x\\r\\nauthorization: y"',
  'a NUL': '"x\\u000012345678"',
  'ten thousand characters': `"${'a'.repeat(10_000)}"`,
  'a URL': '"https://api.example.org/x"',
  SQL: '"\' or 1=1 --"',
  'a template': '"{{7*7}}<%= 7*7 %>"',
  'a lone surrogate': '"\\udfff1234567"',
  'right-to-left text': '"\\u202e12345678"',
  'a space at its end': `"${INVOICE} "`,
  'an array': '["a"]',
  'an object': '{"$ne":null}',
  true: 'true',
  null: 'null',
  'an empty text': '""',
}

/** Texts that are no JSON object, or none that a reader should follow. */
const shapes: Bodies = {
  nothing: '',
  'white space': ' \r\n\t',
  'an array': '[]',
  'an array with an empty object': '[{}]',
  null: 'null',
  'a number': '1',
  'a text': '"paid"',
  true: 'true',
  'an empty object': '{}',
  'an opened brace': '{',
  'JSON that is JSON': JSON.stringify('{"a":1}'),
  XML: '<notification><state>2</state></notification>',
  'XML with an entity': '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  HTML: '<script>alert(1)</script>',
  YAML: 'state: 2\n',
  'serialised PHP': 'O:8:"stdClass":1:{s:5:"state";i:2;}',
  'a form': 'state=2&status=success',
  'a form that nests deep': `${'a[b]'.repeat(1000)}=1`,
  parts: '--x\r\ncontent-disposition: form-data; name="state"\r\n\r\n2\r\n--x--\r\n',
  'a prototype': '{"__proto__":{"isPaid":true}}',
  'a constructor': '{"constructor":{"prototype":{"isPaid":true}}}',
  'arrays nested 32,000 deep': `${'['.repeat(32_000)}${']'.repeat(32_000)}`,
  'objects nested 33 deep': `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`,
  NULs: '\0\0\0\0',
  'invalid UTF-8': bytes([0xc3, 0x28, 0xa0, 0xa1]),
  'a surrogate in UTF-8': bytes('"', [0xed, 0xa0, 0x80], '"'),
  'an overlong slash': bytes('"', [0xc0, 0xaf], '"'),
  'a gzip': bytes([0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00]),
  'bytes of every value': Uint8Array.from({ length: 256 }, (_, n) => n),
}

/** A genuine text, mangled so that nothing can be made of it. */
const mangled = (text: string, keyed: string): Bodies => ({
  'in UTF-16, little end first': inUtf16(text, false),
  'in UTF-16, big end first': inUtf16(text, true),
  'cut off': text.slice(0, -1),
  'cut off in the middle': text.slice(0, text.length / 2),
  'with a comma too many': `${text.slice(0, -1)},}`,
  'with a comment': `/* */${text}`,
  'in single quotes': text.replaceAll('"', "'"),
  twice: text + text,
  'in lines': `${text}\n${text}`,
  'in an array': `[${text}]`,
  'in a text': JSON.stringify(text),
  'in an envelope': `{"payload":${text}}`,
  'with names in upper case': text.toUpperCase(),
  'with 1,001 more keys': `{${Array.from({ length: 1001 }, (_, n) => `"k${n}":${n}`).join()},${text.slice(1)}`,
  'nested too deep beside it': `{"x":${'['.repeat(40)}${']'.repeat(40)},${text.slice(1)}`,
  'behind a prototype': `{"__proto__":${text}}`,
  'behind a prototype, inside': keyed,
})

/** A genuine text with a byte that does not belong there: it still says what to read. */
const stray = (text: string): Bodies => ({
  'after a byte order mark': `\ufeff${text}`,
  'after a NUL': `\0${text}`,
  'before a NUL': `${text}\0`,
  'with a NUL in it': `{"x":"a\0b",${text.slice(1)}`,
  'with an escaped NUL in it': `{"x":"a\\u0000b",${text.slice(1)}`,
  'with half a surrogate pair in it': `{"x":"\\ud83d",${text.slice(1)}`,
  'with a byte of Latin-1 in it': bytes('{"x":"M', [0xfc], 'ller",', text.slice(1)),
  'with invalid UTF-8 in it': bytes('{"x":"', [0xff, 0xfe], '",', text.slice(1)),
  'after a byte that is not UTF-8': bytes([0xff], text),
  'before a byte that is not UTF-8': bytes(text, [0xc3]),
})

const genuine = JSON.stringify(paid())
const payopStates = [0, 1, 2, 3, 4, 5, 6, 9, 10, 15, 99]

const payop: readonly Forgery[] = [
  ...group('payop', 'known', 'a claim about an invoice of ours', {
    'as it was once posted': genuine,
    ...Object.fromEntries(payopStates.map((state) => [`transaction ${state}`, paid(INVOICE, 1, state)])),
    ...Object.fromEntries(payopStates.map((status) => [`invoice ${status}`, paid(INVOICE, status, 2)])),
    'paid with five cents': { ...paid(), transaction: { ...paid().transaction, amount: '0.05', currency: 'EUR' } },
    'paid in another currency': { ...paid(), transaction: { ...paid().transaction, amount: '10', currency: 'IDR' } },
    'paid to another project': { ...paid(), application: { identifier: OTHER_ID } },
    'paid for another order': { ...paid(), transaction: { ...paid().transaction, order: { id: 'ORD-9999' } } },
    'paid without an amount': { invoice: { id: INVOICE, status: 1 } },
    'with another account’s name': { ...paid(), account: 'other' },
    'with somebody’s signature': { ...paid(), signature: 'a'.repeat(64) },
    'with white space': `\n\n  ${genuine}  \n`,
    'with a state twice': genuine.replace('"state":2', '"state":5,"state":2'),
    'with an id twice, ours last': genuine.replace(`"id":"${INVOICE}"`, `"id":"${OTHER_ID}","id":"${INVOICE}"`),
    'with a prototype beside it': `{"__proto__":{"isPaid":true},${genuine.slice(1)}`,
    'with 800 kB less of metadata': { ...paid(), metadata: { filling: 'x'.repeat(100_000) } },
    'nested 32 deep beside it': `{"x":${'['.repeat(31)}${']'.repeat(31)},${genuine.slice(1)}`,
  }),
  ...group(
    'payop',
    'known',
    'a transaction’s state that is',
    Object.fromEntries(
      Object.entries(odd).map(([name, json]) => [name, genuine.replace('"state":2', `"state":${json}`)]),
    ),
  ),
  ...group(
    'payop',
    'known',
    'an invoice’s status that is',
    Object.fromEntries(
      Object.entries(odd).map(([name, json]) => [name, genuine.replace('"status":1', `"status":${json}`)]),
    ),
  ),
  ...group('payop', 'known', 'a claim about', {
    'a refund of ours': { transaction: { refundId: REFUND, state: 2, amount: 9999, currency: 'EUR' } },
    'a refund of ours, with another’s source': {
      transaction: { refundId: REFUND, state: 3 },
      sourceTransaction: { id: OTHER_ID, state: 2 },
    },
    'a withdrawal of ours': { transaction: { withdrawalId: WITHDRAWAL, state: 2, amount: 1 } },
    'a withdrawal of ours by its other name': { transaction: { withdrawId: WITHDRAWAL, state: 3 } },
  }),
  ...group('payop', 'unmatched', 'a claim about', {
    'an invoice of somebody else’s': paid(OTHER_ID),
    'our refund’s id as an invoice’s': paid(REFUND),
    'our withdrawal’s id as an invoice’s': paid(WITHDRAWAL),
    'our transaction’s id as an invoice’s': paid(TRANSACTION),
    'our invoice’s id as a refund’s': { transaction: { refundId: INVOICE, state: 2 } },
    'our invoice’s id as a withdrawal’s': { transaction: { withdrawalId: INVOICE, state: 2 } },
    'our refund’s id as a withdrawal’s': { transaction: { withdrawalId: REFUND, state: 2 } },
    'a refund and an invoice at once': { ...paid(), transaction: { refundId: OTHER_ID, state: 2 } },
    'our invoice in upper case': paid(INVOICE.toUpperCase()),
    'our invoice without hyphens': paid(INVOICE.replaceAll('-', '')),
    'our invoice cut short': paid(INVOICE.slice(0, -1)),
    'our invoice and a digit': paid(`${INVOICE}0`),
    'an id twice, ours first': genuine.replace(`"id":"${INVOICE}"`, `"id":"${INVOICE}","id":"${OTHER_ID}"`),
    'an id of hyphens': paid('--------'),
    'a name that every object has': paid('constructor'),
    'a name that every object has, too': paid('hasOwnProperty'),
  }),
  ...group(
    'payop',
    'quarantined',
    'an invoice’s id that is',
    Object.fromEntries(
      Object.entries(strangeIds).map(([name, json]) => [
        name,
        `{"invoice":{"id":${json},"status":1},"transaction":{"state":2}}`,
      ]),
    ),
  ),
  ...group('payop', 'quarantined', 'a claim about nothing', {
    'in the first version, signed': { orderId: 'A-1', status: 'success', signature: 'a'.repeat(64) },
    'in the first version, without a signature': { orderId: 'A-1', status: 'success', signature: '' },
    'in the first version, with a signature of another alphabet': { orderId: 'A-1', signature: 'ä'.repeat(64) },
    'but a transaction': { txid: TRANSACTION },
    'but an invoice’s transaction': { invoice: { txid: TRANSACTION } },
    'in the other gateway’s words': success(),
    'with an invoice that is a list': { invoice: [{ id: INVOICE, status: 1 }] },
    'with an invoice that is a text': { invoice: INVOICE },
    'with an id in its prototype': '{"invoice":{"__proto__":{"id":"deadbeef-0000"},"status":1}}',
  }),
  ...group('payop', 'known', 'a genuine notification', stray(genuine)),
  ...group('payop', 'quarantined', 'a notification that is', shapes),
  ...group(
    'payop',
    'quarantined',
    'a genuine notification',
    mangled(genuine, `{"invoice":{"__proto__":${JSON.stringify({ id: INVOICE, status: 1 })}}}`),
  ),
]

const genuineOrder = JSON.stringify(success())

const ippopay: readonly Forgery[] = [
  ...group('ippopay', 'known', 'a claim about the order of this address', {
    'as it may be posted': genuineOrder,
    'with another amount': { data: { order: { order_id: ORDER, status: 'success', amount: 0.05 } } },
    'with another currency': { data: { order: { order_id: ORDER, status: 'success', currency: 'USD' } } },
    'with another merchant’s key': { ...success(), public_key: 'pk_live_other' },
    'as a transaction': { transaction: { order_id: ORDER, status: 'captured', refund_status: 'refunded' } },
    'in its short form': { order_id: ORDER, status: 'success' },
    'as a form': `order_id=${ORDER}&status=success`,
    'as a form in brackets': `data[order][order_id]=${ORDER}&data[order][status]=success`,
    'as a form, twice': `order_id=${ORDER}&order_id=other`,
    'with a status twice': genuineOrder.replace('"status":"success"', '"status":"failed","status":"success"'),
    'with a prototype beside it': `{"__proto__":{"isPaid":true},${genuineOrder.slice(1)}`,
  }),
  ...group(
    'ippopay',
    'known',
    'an order’s status that is',
    Object.fromEntries(
      Object.entries(odd).map(([name, json]) => [name, genuineOrder.replace('"status":"success"', `"status":${json}`)]),
    ),
  ),
  ...group('ippopay', 'quarantined', 'a claim about another order', {
    'of somebody else’s': success('order_made_up_2'),
    'of the other gateway’s': success(INVOICE),
    'in another case': success(ORDER.toUpperCase()),
    'cut short': success(ORDER.slice(0, -1)),
    'and a digit': success(`${ORDER}0`),
    'by a name that every object has': success('constructor'),
    'as a form': 'order_id=order_made_up_2&status=success',
    'beside ours': { order_id: ORDER, data: { order: { order_id: 'order_made_up_2', status: 'success' } } },
    'as a number': success(12345678),
  }),
  // What names no order stands for the one of its address.
  ...group(
    'ippopay',
    'known',
    'an order’s id that is',
    Object.fromEntries(
      Object.entries(strangeIds).map(([name, json]) => [
        name,
        `{"data":{"order":{"order_id":${json},"status":"success"}}}`,
      ]),
    ),
  ),
  ...group('ippopay', 'known', 'a genuine notification', stray(genuineOrder)),
  ...group('ippopay', 'known', 'a notification that is', shapes),
  ...group(
    'ippopay',
    'known',
    'a genuine notification',
    mangled(genuineOrder, `{"data":{"__proto__":${JSON.stringify(success().data)}}}`),
  ),
]

/** Bodies at addresses whose token is right: all of them are kept, and not one is believed. */
export const bodies: readonly Forgery[] = [...payop, ...ippopay]
