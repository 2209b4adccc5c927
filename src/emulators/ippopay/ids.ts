import type { Ids } from '../kit/ids.js'

const SYMBOLS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz@!'
const SECOND_CHARACTERS = ['@', '!', SYMBOLS] as const

export type NextId = (prefix: 'order' | 'trans' | 'bene' | 'settlement') => string

/**
 * Ids as IppoPay writes them: a prefix and nine characters of `[0-9A-Za-z@!]`. Of every three in a row the first has an `@`
 * and the second a `!`, because these are the characters that break clients.
 */
export const idsOf = ({ text }: Ids): NextId => {
  const made = { order: 0, trans: 0, bene: 0, settlement: 0 }
  return (prefix) => {
    const second = SECOND_CHARACTERS[made[prefix] % SECOND_CHARACTERS.length] ?? SYMBOLS
    made[prefix] += 1
    return `${prefix}_${text(1, SYMBOLS)}${text(1, second)}${text(7, SYMBOLS)}`
  }
}
