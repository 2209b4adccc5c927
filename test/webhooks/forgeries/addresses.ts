import { createHash, createHmac } from 'node:crypto'
import { type Forgery, type Paths, paid, success, type Target } from './forgery.js'

const tokenOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
const withToken = (path: string, token: string): string => `${path.slice(0, path.lastIndexOf('/') + 1)}${token}`
const flipCase = (text: string): string =>
  [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('')
const otherEnd = (token: string): string => (token.endsWith('A') ? 'B' : 'A')

type Change = (own: string, paths: Paths) => string

const changes: Readonly<Record<string, Change>> = {
  'without its last character': (own) => own.slice(0, -1),
  'with one more character': (own) => `${own}A`,
  'with another last character': (own) => own.slice(0, -1) + otherEnd(own),
  'without its first character': (own) => withToken(own, tokenOf(own).slice(1)),
  'with one more in front': (own) => withToken(own, `A${tokenOf(own)}`),
  'in the other case': (own) => withToken(own, flipCase(tokenOf(own))),
  'in lower case': (own) => withToken(own, `${tokenOf(own).toLowerCase()}`.replace(/^./, '_')),
  backwards: (own) => withToken(own, [...tokenOf(own)].reverse().join('')),
  twice: (own) => own + tokenOf(own),
  'of zeros': (own) => withToken(own, '0'.repeat(tokenOf(own).length)),
  empty: (own) => withToken(own, ''),
  'left out': (own) => own.slice(0, own.lastIndexOf('/')),
  'followed by another segment': (own) => `${own}/x`,
  'after a segment': (own) => withToken(own, `x/${tokenOf(own)}`),
  'with a parameter': (own) => `${own};a=b`,
  'with a character that is escaped twice': (own) =>
    withToken(
      own,
      tokenOf(own).replace(/^./, (c) => `%25${c.charCodeAt(0).toString(16)}`),
    ),
  'after an escaped slash': (own) => `${own.slice(0, own.lastIndexOf('/'))}%2f${tokenOf(own)}`,
  'with half an escape': (own) => `${own.slice(0, -1)}%`,
  'with an escape that is no UTF-8': (own) => withToken(own, `%ff${tokenOf(own)}`),
  'with an escaped NUL': (own) => `${own}%00`,
  'with an escaped line break': (own) => `${own}%0d%0a`,
  'with padding': (own) => `${own}=`,
  'with a space': (own) => `${own}%20`,
  'in the query': (own) => `${withToken(own, '')}?token=${tokenOf(own)}`,
  'in the fragment': (own) => `${withToken(own, '')}#${tokenOf(own)}`,
  'in plain Base64': (own) => withToken(own, `${tokenOf(own).slice(0, -1)}+`),
  'as its own hash': (own) => withToken(own, createHash('sha256').update(tokenOf(own)).digest('hex')),
  'as its own hash, shorter': (own) => withToken(own, createHash('sha256').update(tokenOf(own)).digest('base64url')),
  'of another secret': (own) =>
    withToken(own, createHmac('sha256', 'default_secret').update('payop').digest('base64url')),
  'of an empty secret': (own) => withToken(own, createHmac('sha256', '').update('payop').digest('base64url')),
  'of a hash without a secret': (own) => withToken(own, createHash('sha256').update('payop').digest('base64url')),
  'in full-width letters': (own) => withToken(own, '\uff21'.repeat(tokenOf(own).length)),
  'under an account that is none': (own) => `/paymux/nobody/${tokenOf(own)}`,
  'under a name that every object has': (own) => `/paymux/constructor/${tokenOf(own)}`,
  'under the prototype': (own) => `/paymux/__proto__/${tokenOf(own)}`,
  'under no account': (own) => `/paymux//${tokenOf(own)}`,
  'under its account in upper case': (own) => own.replace('/payop/', '/PAYOP/').replace('/ippopay/', '/IPPOPAY/'),
  'under its account with a dot': (own) => own.replace('/payop/', '/payop./').replace('/ippopay/', '/ippopay./'),
  'of the other account': (own, paths) =>
    withToken(own, tokenOf(own === paths.payop ? paths.ippopayAccount : paths.payop)),
  'of the other gateway’s attempt': (_own, paths) => withToken(paths.payop, tokenOf(paths.ippopay)),
}

/** Other spellings of the same address. */
const spellings: Readonly<Record<string, Change>> = {
  'followed by a slash': (own) => `${own}/`,
  'after two slashes': (own) => withToken(own, `/${tokenOf(own)}`),
  'with an escaped character': (own) =>
    withToken(
      own,
      tokenOf(own).replace(/^./, (c) => `%${c.charCodeAt(0).toString(16)}`),
    ),
  'under its account, escaped': (own) => own.replace('/payop/', '/%70ayop/').replace('/ippopay/', '/%69ppopay/'),
}

const body = (target: Target): string => JSON.stringify(target === 'payop' ? paid() : success())

const targets: readonly Target[] = ['payop', 'ippopay']

const to = (named: Readonly<Record<string, Change>>, answer: Pick<Forgery, 'status' | 'state'>): readonly Forgery[] =>
  targets.flatMap((target) =>
    Object.entries(named).map(([name, path]) => ({
      name: `a token ${name}, ${target}`,
      target,
      path,
      body: body(target),
      ...answer,
    })),
  )

/** Genuine bodies at addresses that are none of ours, and at other spellings of ours. */
export const addresses: readonly Forgery[] = [
  ...to(changes, { status: 404 }),
  ...to(spellings, { status: 200, state: 'known' }),
]
