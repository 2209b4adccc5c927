/**
 * Amounts of one rupee and less, kept as integer paise. On the wire IppoPay speaks rupees as JSON numbers
 * ("##.##", unpadded: 19.99, 1000) and, for the payout balance only, as text with two decimals.
 */

/** Rupees as they stand in a request: paise, or undefined unless it is a positive number of at most two decimals. */
export const paiseOf = (rupees: unknown): number | undefined => {
  if (typeof rupees !== 'number' || !(rupees > 0)) return undefined
  const paise = Math.round(rupees * 100)
  // A decimal of two places is the double nearest to paise / 100, so anything else has more places.
  return Number.isSafeInteger(paise) && paise / 100 === rupees ? paise : undefined
}

export const rupeesOf = (paise: number): number => paise / 100

export const rupeeText = (paise: number): string => {
  const digits = String(Math.abs(paise)).padStart(3, '0')
  return `${paise < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** A percentage given in hundredths of a per cent (175 is 1.75 %), rounded half up to whole paise. */
export const shareOf = (paise: number, hundredthsOfPercent: number): number =>
  Math.floor((paise * hundredthsOfPercent + 5_000) / 10_000)
