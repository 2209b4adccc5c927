import type { Fault as EmulatedFault } from '../../../src/emulators/index.js'
import { answer, type Peer } from '../../transport/raw-server.js'
import type { Play } from '../stage/plays.js'

/**
 * Every fault, as data: how it is brought about, whether the gateway executes the request all the same, and what paymux has
 * to make of it. `row` numbers its kind: what fails before anything is sent (1 to 6), on the way (7 to 9) and in the answer (10 to 22).
 */

/** What paymux has to make of a fault. */
export type Expectation =
  /** Refused by us before anything is recorded. */
  | { readonly is: 'invalid' }
  /** Nothing was recorded, because the ledger did not answer. */
  | { readonly is: 'unclaimed' }
  /** Provably not sent: the same key may be used again, and starts anew. */
  | { readonly is: 'not_sent'; readonly phase: string }
  /** The gateway said no. */
  | { readonly is: 'refused'; readonly reason: string; readonly again: 'same_key' | 'never' }
  | { readonly is: 'rate_limited' }
  /** Nobody knows, and nothing is sent blindly. What was only created is made again, and the first is abandoned. */
  | { readonly is: 'unknown'; readonly registered?: true }
  /** The ledger could not be told what became of it: the lease has to run out. */
  | { readonly is: 'unrecorded' }
  /** It is executed, and tells another amount than was asked for: nobody is sent to pay it, and a person is called. */
  | { readonly is: 'mismatch' }
  /** The gateway itself executed twice: what the ledger does not know is found in the gateway's own list. */
  | { readonly is: 'doubled' }
  /** As if nothing had happened. */
  | { readonly is: 'fine' }

/** What is done with a connection that the submission came in on. `execute` gives the gateway's own answer to it. */
export type Script = (peer: Peer, execute: () => Promise<{ readonly head: string; readonly body: string }>) => unknown

/** How a fault is brought about. */
export type Means =
  /** The emulator spoils the submission, or with `before` one that is made while drafting. */
  | { readonly by: 'emulator'; readonly fault: EmulatedFault; readonly at?: 'before' }
  /** The submission goes to a port that no server listens on, or where TLS fails. */
  | { readonly by: 'connection'; readonly place: Unreachable }
  /** The submission goes to a server that answers byte by byte. */
  | { readonly by: 'server'; readonly script: Script; readonly silent: boolean }
  /** The connection is cut before, or just after, the dispatch is committed, and before anything is written. */
  | { readonly by: 'cut'; readonly when: 'before_dispatch' | 'after_dispatch' }
  /** The store fails one kind of commit. */
  | { readonly by: 'store'; readonly commit: 'claim' | 'recordDispatch' | 'outcome'; readonly how: StoreFailure }
  /** The caller's request, or its key, is wrong. */
  | { readonly by: 'caller'; readonly wrong: 'key' | 'amount' }
  /** The deadline passes while the connection is made. */
  | { readonly by: 'clock' }

/** Why the gateway is not reached. */
export type Unreachable =
  | 'refused'
  | 'no_such_host'
  | 'untrusted'
  | 'wrong_host'
  | 'old_tls'
  | 'no_tls'
  | 'tls_end'
  | 'tls_reset'
  | 'tls_silence'

/** `failed`: nothing was written. `lost`: nothing was written, and nobody knows. `lost_answer`: it was written, and nobody knows. */
export type StoreFailure = 'failed' | 'lost' | 'lost_answer'

/** One fault. */
export interface Fault {
  readonly name: string
  /** The number of its kind. */
  readonly row: string
  readonly means: Means
  /** Whether the gateway executes the request that the fault strikes. */
  readonly executes: boolean
  readonly expectation: Expectation
  /** Absent: strikes every play. */
  readonly strikes?: (play: Play) => boolean
}

const unknown: Expectation = { is: 'unknown' }
const notSent = (phase: string): Expectation => ({ is: 'not_sent', phase })
const refused = (reason: string, again: 'same_key' | 'never'): Expectation => ({ is: 'refused', reason, again })

const isPayop = ({ gateway }: Play): boolean => gateway === 'payop'
const isIppopay = ({ gateway }: Play): boolean => gateway === 'ippopay'

const connection = (place: Unreachable, phase: string): Fault => ({
  name: `connection: ${place}`,
  row: '4',
  means: { by: 'connection', place },
  executes: false,
  expectation: notSent(phase),
})

const emulated = (row: string, name: string, fault: EmulatedFault, executes: boolean): Fault => ({
  name,
  row,
  means: { by: 'emulator', fault },
  executes,
  expectation: unknown,
})

/** An answer in place of the gateway's; `executed` first or not. */
const status = (
  row: string,
  code: number,
  {
    name,
    executes = false,
    body,
    retryAfter,
    expectation = unknown,
    strikes,
  }: {
    readonly name: string
    readonly executes?: boolean
    readonly body?: string | Readonly<Record<string, unknown>>
    readonly retryAfter?: number
    readonly expectation?: Expectation
    readonly strikes?: Fault['strikes']
  },
): Fault => ({
  name: `${code} ${name}${executes ? ', executed' : ''}`,
  row,
  means: {
    by: 'emulator',
    fault: {
      kind: 'status',
      status: code,
      effect: executes,
      ...(body === undefined ? {} : { body }),
      ...(retryAfter === undefined ? {} : { retryAfter }),
    },
  },
  executes,
  expectation,
  ...(strikes === undefined ? {} : { strikes }),
})

/** A no in the words of one gateway. */
const payopSays = (row: string, code: number, message: string, expectation: Expectation): Fault =>
  status(row, code, { name: `Payop: ${message}`, body: { message }, expectation, strikes: isPayop })
const ippopaySays = (
  row: string,
  code: number,
  message: string,
  expectation: Expectation,
  strikes: Fault['strikes'] = isIppopay,
): Fault => status(row, code, { name: `IppoPay: ${message}`, body: { success: false, message }, expectation, strikes })

const raw = (row: string, name: string, executes: boolean, script: Script): Fault => ({
  name,
  row,
  means: { by: 'server', script, silent: name.includes('silence') },
  executes,
  expectation: unknown,
})

/** Executes, and answers with what `make` makes of the gateway's own answer. */
const executing =
  (make: (peer: Peer, real: { readonly head: string; readonly body: string }) => unknown): Script =>
  async (peer, execute) =>
    make(peer, await execute())

const json = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

const said = (row: string, name: string, executes: boolean, text: string | Buffer): Fault =>
  raw(row, name, executes, async (peer, execute) => {
    if (executes) await execute()
    peer.write(text)
    peer.fin()
  })

const store = (
  row: string,
  commit: 'claim' | 'recordDispatch' | 'outcome',
  how: StoreFailure,
  expectation: Expectation,
): Fault => ({
  name: `store: ${commit} ${how}`,
  row,
  means: { by: 'store', commit, how },
  executes: commit === 'outcome',
  expectation,
})

/** All faults, by their kinds. */
export const faults: readonly Fault[] = [
  {
    name: 'no fault',
    row: '0',
    means: { by: 'emulator', fault: { kind: 'latency', ms: 0 } },
    executes: true,
    expectation: { is: 'fine' },
  },
  {
    name: 'a key that no header can carry',
    row: '1',
    means: { by: 'caller', wrong: 'key' },
    executes: false,
    expectation: { is: 'invalid' },
  },
  {
    name: 'an amount of nothing',
    row: '1',
    means: { by: 'caller', wrong: 'amount' },
    executes: false,
    expectation: { is: 'invalid' },
  },

  store('2', 'claim', 'failed', { is: 'unclaimed' }),
  store('2', 'claim', 'lost', { is: 'unrecorded' }),
  store('2', 'claim', 'lost_answer', { is: 'unrecorded' }),

  {
    name: 'the deadline passes while connecting',
    row: '3',
    means: { by: 'clock' },
    executes: false,
    expectation: notSent('deadline'),
  },

  connection('refused', 'connect'),
  connection('no_such_host', 'resolve'),
  connection('untrusted', 'secure'),
  connection('wrong_host', 'secure'),
  connection('old_tls', 'secure'),
  connection('no_tls', 'secure'),
  connection('tls_end', 'secure'),
  connection('tls_reset', 'secure'),
  connection('tls_silence', 'secure'),

  store('5', 'recordDispatch', 'failed', notSent('store')),
  store('5', 'recordDispatch', 'lost', notSent('store')),
  store('5', 'recordDispatch', 'lost_answer', notSent('store')),

  {
    name: 'a reset before the dispatch',
    row: '6',
    means: { by: 'cut', when: 'before_dispatch' },
    executes: false,
    expectation: notSent('before_write'),
  },
  {
    name: 'a reset after the dispatch',
    row: '6b',
    means: { by: 'cut', when: 'after_dispatch' },
    executes: false,
    expectation: notSent('before_write'),
  },

  emulated('7', 'a reset before reading', { kind: 'reset_before_reading' }, false),
  emulated('7', 'a reset after executing', { kind: 'reset_after_executing' }, true),
  raw('7', 'an end after reading', false, (peer) => peer.fin()),
  raw(
    '7',
    'an end after executing',
    true,
    executing((peer) => peer.fin()),
  ),
  said('7', 'half a status line, executed', true, 'HTTP/1.1 2'),
  said('7', 'half the headers, executed', true, `${json}content-le`),

  emulated('8', 'silence, not executed', { kind: 'silence_before_executing' }, false),
  emulated('8', 'silence, executed', { kind: 'silence_after_executing' }, true),
  raw(
    '8',
    'half the headers and silence, executed',
    true,
    executing((peer) => peer.write(`${json}content-le`)),
  ),
  raw(
    '8',
    'half the body and silence, executed',
    true,
    executing((peer, { body }) => peer.write(answer(body, json).slice(0, -5))),
  ),

  emulated('9', 'half the body and the end, executed', { kind: 'half_answer' }, true),
  raw(
    '9',
    'a longer body than promised, executed',
    true,
    executing((peer, { body }) => {
      peer.write(`${json}content-length: ${body.length - 4}\r\n\r\n${body}`)
      peer.fin()
    }),
  ),
  raw(
    '9',
    'two lengths, executed',
    true,
    executing((peer, { body }) => {
      peer.write(`${json}content-length: ${body.length}\r\ncontent-length: 2\r\n\r\n${body}`)
      peer.fin()
    }),
  ),
  said('9', 'garbage, executed', true, Buffer.from('00ff17ee00000016030100', 'hex')),
  said('9', 'bad gzip, executed', true, answer('no gzip', `${json}content-encoding: gzip\r\n`)),
  said('9', 'two megabytes, executed', true, answer('x'.repeat(2 * 1024 * 1024), json)),
  said(
    '9',
    'no UTF-8, executed',
    true,
    Buffer.concat([Buffer.from(`${json}content-length: 3\r\n\r\n`), Buffer.from([0xff, 0xfe, 0x80])]),
  ),

  emulated('10', 'truncated JSON, executed', { kind: 'truncated_json' }, true),
  emulated('10', 'a page of HTML, executed', { kind: 'wrong_content_type' }, true),
  raw(
    '10',
    'truncated JSON without a length, executed',
    true,
    executing((peer, { body }) => {
      peer.write(`${json}\r\n${body.slice(0, -7)}`)
      peer.fin()
    }),
  ),
  said('10', 'an empty body, executed', true, answer('', json)),
  said('10', 'an empty object, executed', true, answer('{}', json)),
  said('10', 'an empty list, executed', true, answer('[]', json)),
  said('10', 'a text, executed', true, answer('"created"', json)),
  said('10', 'data of another type, executed', true, answer('{"data":17,"status":1}', json)),

  ...['"amount":1.5', '"amount":1.5,"currency":"USD"'].map(
    (result): Fault => ({
      ...raw(
        '11',
        `an answer that says ${result}, executed`,
        true,
        executing((peer, { body }) => {
          peer.write(answer(body.replace(/"amount":[\d."]+(,"currency":"INR")?/, result), json))
          peer.fin()
        }),
      ),
      expectation: { is: 'mismatch' },
      strikes: ({ name }) =>
        name === 'ippopay hosted payment' || (name === 'ippopay payout' && !result.includes('USD')),
    }),
  ),
  {
    ...raw(
      '11',
      'an answer about another payout, executed',
      true,
      executing((peer, { body }) => {
        peer.write(answer(body.replace(/"trans_ref":"..../, '"trans_ref":"0000'), json))
        peer.fin()
      }),
    ),
    strikes: ({ name }) => name === 'ippopay payout',
  },

  status('12', 200, {
    name: 'a failure in words nobody knows, Payop',
    executes: true,
    body: { status: 0, message: 'Zorgle' },
    strikes: isPayop,
  }),
  payopSays('12', 200, 'Wrong signature', refused('signature', 'same_key')),
  ippopaySays('12', 200, 'Zorgle', refused('validation', 'never')),

  said('13', 'an interim answer and the end', false, 'HTTP/1.1 102 Processing\r\n\r\n'),
  ...[301, 302, 303, 307, 308].map((code) =>
    said(
      '13',
      `${code} to itself, executed`,
      true,
      answer('', `HTTP/1.1 ${code} Moved\r\nlocation: /v1/elsewhere\r\n`),
    ),
  ),

  payopSays('14', 400, 'Something is wrong with a field', refused('validation', 'never')),
  payopSays('14', 422, 'Wrong signature', refused('signature', 'same_key')),
  payopSays('14', 422, 'Insufficient funds', refused('insufficient_funds', 'same_key')),
  ippopaySays('14', 400, 'Amount is wrong', refused('validation', 'never')),
  ippopaySays('14', 422, 'Amount is wrong', refused('validation', 'never')),

  ...[400, 401, 403, 404, 405, 409, 413, 415, 429].map((code) =>
    status(code === 429 ? '20' : '15', code, { name: 'as a page of HTML' }),
  ),
  status('15', 403, { name: 'in a foreign envelope', body: { error: 'blocked', ray: '203.0.113.7' } }),

  payopSays('16', 401, 'Authorization token invalid', refused('authentication', 'same_key')),
  payopSays('16', 403, 'Access denied', refused('permission', 'same_key')),
  ippopaySays('16', 401, 'Invalid key', refused('authentication', 'same_key')),
  ippopaySays('16', 403, 'Not allowed', refused('permission', 'same_key')),

  payopSays('17', 404, 'Transaction not found', refused('not_found', 'never')),
  ippopaySays('17', 404, 'Order not found', refused('not_found', 'never')),

  ...[408, 424, 425, 499].flatMap((code) => [
    status('18', code, { name: 'refusing', body: { success: false, message: 'Wrong signature' } }),
    status('18', code, { name: 'refusing', executes: true, body: { success: false, message: 'Wrong signature' } }),
  ]),

  payopSays('19', 409, 'Not unique idempotency key', { is: 'unknown', registered: true }),
  ippopaySays(
    '19',
    409,
    'trans_ref already exists',
    { is: 'unknown', registered: true },
    ({ gateway, operation }) => gateway === 'ippopay' && operation === 'payout',
  ),

  status('20', 429, {
    name: 'Payop: Too many requests',
    body: { message: 'Too many requests' },
    retryAfter: 7,
    expectation: { is: 'rate_limited' },
    strikes: isPayop,
  }),
  status('20', 429, {
    name: 'IppoPay: slow down',
    body: { message: 'Slow down' },
    retryAfter: 7,
    expectation: { is: 'rate_limited' },
    strikes: isIppopay,
  }),

  ...[500, 502, 503, 504, 520].flatMap((code) => [
    status(code === 500 ? '21' : '22', code, {
      name: 'refusing',
      body: { success: false, message: 'Wrong signature' },
    }),
    status(code === 500 ? '21' : '22', code, { name: 'as a page of HTML', executes: true, retryAfter: 1 }),
  ]),

  {
    ...raw('23', 'executed twice by the gateway', true, async (peer, execute) => {
      await execute()
      const { head, body } = await execute()
      peer.write(answer(body, head))
      peer.fin()
    }),
    expectation: { is: 'doubled' },
    strikes: ({ name }) => name === 'payop refund',
  },

  {
    name: 'a reset while drafting',
    row: '4',
    means: { by: 'emulator', fault: { kind: 'reset_before_reading' }, at: 'before' },
    executes: false,
    expectation: notSent('draft'),
    strikes: ({ before }) => before !== undefined,
  },
  {
    name: '500 while drafting',
    row: '4',
    means: { by: 'emulator', fault: { kind: 'status', status: 500, effect: false }, at: 'before' },
    executes: false,
    expectation: notSent('draft'),
    strikes: ({ before }) => before !== undefined,
  },

  store('S7', 'outcome', 'failed', { is: 'unrecorded' }),
  store('S7', 'outcome', 'lost', { is: 'unrecorded' }),
  store('S7', 'outcome', 'lost_answer', { is: 'fine' }),
]
