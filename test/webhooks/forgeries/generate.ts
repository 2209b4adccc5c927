import { corpus } from './corpus.js'
import { type Forgery, paid, success, type Target, UNLISTED } from './forgery.js'

/** Mulberry32: numbers from 0 up to 1, the same for the same seed. */
const random = (seed: number) => {
  let state = seed >>> 0
  return (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Dice {
  /** A whole number from 0 up to `below`. */
  readonly number: (below: number) => number
  readonly one: <A>(list: readonly A[]) => A
}

const diceOf = (seed: number): Dice => {
  const next = random(seed)
  const number = (below: number): number => Math.floor(next() * below)
  return {
    number,
    one: (list) => {
      const picked = list[number(list.length)]
      if (picked === undefined) throw new RangeError('nothing to pick from')
      return picked
    },
  }
}

const interesting = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\\',
  '\0',
  '9'.repeat(40),
  '1e400',
  'null',
  '__proto__',
  '"state":2,',
  '"id":"x",',
  '\ud800',
  '😀',
  '%2e',
  '\r\n',
]

/** A text with one piece of it cut, doubled, swapped or replaced. */
const mangle = (text: string, { number, one }: Dice): string => {
  const at = number(text.length + 1)
  const length = 1 + number(8)
  const piece = text.slice(at, at + length)
  const [before, after] = [text.slice(0, at), text.slice(at + length)]
  return one([
    before + after,
    before + piece + piece + after,
    before + [...piece].reverse().join('') + after,
    before + one(interesting) + after,
  ])
}

const mangleBytes = (bytes: Uint8Array, { number }: Dice): Uint8Array => {
  const mangled = Uint8Array.from(bytes)
  for (let times = 1 + number(4); times > 0; times--) mangled[number(mangled.length)] = number(256)
  return mangled
}

const texts = corpus.flatMap(({ target, body }) =>
  typeof body === 'string' && body.length < 2000 ? [{ target, body }] : [],
)
const genuine: Readonly<Record<Target, string>> = { payop: JSON.stringify(paid()), ippopay: JSON.stringify(success()) }

const mangledBody = (dice: Dice): Omit<Forgery, 'name'> => {
  const { target, body } = dice.number(2) === 0 ? dice.one(texts) : { target: 'payop' as const, body: genuine.payop }
  let text = body
  for (let times = 1 + dice.number(4); times > 0; times--) text = mangle(text, dice)
  const bytes = dice.number(3) === 0 && text.length > 0 ? mangleBytes(Buffer.from(text), dice) : text
  return { target, body: bytes, status: 200 }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** One character of the token is another one. */
const guessedToken = (dice: Dice): Omit<Forgery, 'name'> => {
  const target = dice.one(['payop', 'ippopay'] as const)
  const back = 1 + dice.number(target === 'payop' ? 43 : 22)
  const start = dice.number(alphabet.length)
  const path = (own: string): string => {
    const at = own.length - back
    const other = own[at] === alphabet[start] ? alphabet[(start + 1) % alphabet.length] : alphabet[start]
    return `${own.slice(0, at)}${other}${own.slice(at + 1)}`
  }
  return { target, path, body: genuine[target], status: 404 }
}

const number8 = ({ number }: Dice): string => Array.from({ length: 4 }, () => number(256)).join('.')

/** Not one of the addresses in the first byte that the gateway, or a trusted proxy, has. */
const unlistedPeer = (dice: Dice): string => number8(dice).replace(/^(10|18|35|3)\./, '198.')

const spoofedSender = (dice: Dice): Omit<Forgery, 'name'> => {
  const hops = Array.from({ length: 1 + dice.number(25) }, () =>
    dice.one([number8(dice), '18.199.249.46', '10.0.0.5', 'unknown', '']),
  )
  const isBehindProxy = dice.number(2) === 0
  const line = isBehindProxy ? [...hops, unlistedPeer(dice)] : hops
  return {
    target: 'payop',
    peer: isBehindProxy ? '10.0.0.5' : dice.one([UNLISTED, unlistedPeer(dice)]),
    headers: { 'x-forwarded-for': line.join(', ') },
    body: genuine.payop,
    status: 403,
  }
}

const wrongMethod = (dice: Dice): Omit<Forgery, 'name'> => ({
  target: dice.one(['payop', 'ippopay'] as const),
  method: dice.one(['PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', `X${dice.number(1000)}`]),
  body: null,
  status: 405,
})

/** As many forgeries as are asked for, one after the other; the same ones for the same seed. */
export function* forgeries(seed: number, count: number): Generator<Forgery> {
  const dice = diceOf(seed)
  for (let n = 1; n <= count; n++) {
    const make = dice.one([
      mangledBody,
      mangledBody,
      mangledBody,
      mangledBody,
      guessedToken,
      spoofedSender,
      wrongMethod,
    ])
    yield { name: `forgery ${n} of seed ${seed}`, ...make(dice) }
  }
}
