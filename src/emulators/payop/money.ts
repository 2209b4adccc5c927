const UNITS = 10_000

/** Converts major units to ten-thousandths, in which amounts are added and compared. */
export const toUnits = (amount: number | string): number => Math.round(Number(amount) * UNITS)

export const fromUnits = (units: number): number => units / UNITS

/** Decimal text with two decimals, as in balances and error texts. */
export const twoPlaces = (amount: number): string => amount.toFixed(2)

export const roundToCents = (amount: number): number => Math.round(amount * 100) / 100
