const UNITS = 10_000

/** Ten-thousandths of the currency's unit: sums and comparisons of amounts are made in these. */
export const toUnits = (amount: number | string): number => Math.round(Number(amount) * UNITS)

export const fromUnits = (units: number): number => units / UNITS

/** Decimal text with two places, as balances and error texts print it. */
export const twoPlaces = (amount: number): string => amount.toFixed(2)

export const roundToCents = (amount: number): number => Math.round(amount * 100) / 100
