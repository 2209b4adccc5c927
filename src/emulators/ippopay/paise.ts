/**
 * Amounts are integer paise inside. The API answers rupees as JSON numbers ("##.##", not padded: 19.99, 1000) and, for the payout
 * balance only, as text with two decimals.
 */

/**
 * Converts the rupees of a request to paise: a number, or decimal text, which a plugin sends. Returns undefined for anything but
 * a positive amount with at most two decimals.
 */
export const paiseOf = (sent: unknown): number | undefined => {
  const rupees = typeof sent === 'string' && /^\d+(\.\d{1,2})?$/.test(sent) ? Number(sent) : sent
  if (typeof rupees !== 'number' || !(rupees > 0)) return undefined
  const paise = Math.round(rupees * 100)
  // A number with two decimals is the double nearest to paise / 100, so any other number has more decimals.
  return Number.isSafeInteger(paise) && paise / 100 === rupees ? paise : undefined
}

export const rupeesOf = (paise: number): number => paise / 100

export const rupeeText = (paise: number): string => {
  const digits = String(Math.abs(paise)).padStart(3, '0')
  return `${paise < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** A share in hundredths of a per cent (175 is 1.75 %), rounded half up to whole paise. */
export const shareOf = (paise: number, hundredthsOfPercent: number): number =>
  Math.floor((paise * hundredthsOfPercent + 5_000) / 10_000)
