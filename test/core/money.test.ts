import {
  checkAmount,
  currencies,
  decimalOfNumber,
  exponentOf,
  fromDecimal,
  fromMoney,
  fromWire,
  type MinorUnits,
  sameAmount,
  toDecimal,
  toMoney,
  toNumber,
} from '../../src/core/index.js'
import fc from '../property.js'

const eur = (minorUnits: bigint): MinorUnits => ({ minorUnits, currency: 'EUR' })
const jpy = (minorUnits: bigint): MinorUnits => ({ minorUnits, currency: 'JPY' })
const kwd = (minorUnits: bigint): MinorUnits => ({ minorUnits, currency: 'KWD' })
const clf = (minorUnits: bigint): MinorUnits => ({ minorUnits, currency: 'CLF' })

const anyMoney = fc.record({
  minorUnits: fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
  currency: fc.constantFrom(...currencies()),
})

describe('an amount of a result', () => {
  it('is decimal text with exactly the currency’s decimals, and its currency', () => {
    expect(toMoney(eur(1990n))).toStrictEqual({ value: '19.90', currency: 'EUR' })
    expect(toMoney(jpy(1500n))).toStrictEqual({ value: '1500', currency: 'JPY' })
    expect(toMoney(kwd(-5n))).toStrictEqual({ value: '-0.005', currency: 'KWD' })
    expect(() => toMoney({ minorUnits: 1999n, currency: 'eur' })).toThrow(RangeError)
  })

  it('is read back as it was, after JSON too', () => {
    fc.assert(
      fc.property(anyMoney, (amount) => {
        const money = toMoney(amount)
        expect(fromMoney(money)).toEqual(amount)
        expect(JSON.parse(JSON.stringify(money))).toStrictEqual(money)
      }),
    )
  })

  it('is none where its text or its currency is none', () => {
    expect(fromMoney({ value: '19.9', currency: 'EUR' })).toEqual(eur(1990n))
    for (const value of ['19,90', '19.999', '', '1e3']) expect(fromMoney({ value, currency: 'EUR' })).toBeUndefined()
    for (const currency of ['eur', 'ABC', '', 'constructor'])
      expect(fromMoney({ value: '19.90', currency })).toBeUndefined()
  })
})

describe('decimal text', () => {
  it.each([
    ['19.99', eur(1999n)],
    ['19.9', eur(1990n)],
    ['19', eur(1900n)],
    ['0', eur(0n)],
    ['0.01', eur(1n)],
    ['-0.01', eur(-1n)],
    ['19.9900', eur(1999n)],
    ['9007199254740993.01', eur(900719925474099301n)],
    ['1500', jpy(1500n)],
    ['1500.00', jpy(1500n)],
    ['12.345', kwd(12345n)],
    ['0.0001', clf(1n)],
  ])('%s becomes minor units', (text, money) => {
    expect(fromDecimal(text, money.currency)).toEqual(money)
  })

  it.each([
    [eur(1990n), '19.90'],
    [eur(5n), '0.05'],
    [eur(-5n), '-0.05'],
    [eur(0n), '0.00'],
    [jpy(1500n), '1500'],
    [jpy(0n), '0'],
    [kwd(12345n), '12.345'],
    [clf(1n), '0.0001'],
  ])('%j is written with exactly its decimals', (money, text) => {
    expect(toDecimal(money)).toBe(text)
  })

  it('is refused where it is more precise than the currency', () => {
    for (const [text, currency] of [
      ['19.999', 'EUR'],
      ['0.001', 'EUR'],
      ['1500.5', 'JPY'],
      ['12.3456', 'KWD'],
    ] as const)
      expect(fromDecimal(text, currency)).toBeUndefined()
  })

  it.each(['', ' ', '.', '5.', '.5', '+5', '--5', '1e3', '1,000.00', '1 000', '007', ' 5', '5\n', 'NaN', '0x10', '१२'])(
    'is refused where it is no plain decimal: %j',
    (text) => {
      expect(fromDecimal(text, 'EUR')).toBeUndefined()
    },
  )

  it('is refused in a currency that is none', () => {
    for (const currency of ['eur', 'EURO', '', 'ABC', 'toString', '__proto__'])
      expect(fromDecimal('19.99', currency)).toBeUndefined()
  })

  it('is never written with decimals that were guessed', () => {
    expect(() => toDecimal({ minorUnits: 1999n, currency: 'eur' })).toThrow(
      new RangeError('currency (expected an ISO 4217 code)'),
    )
  })

  it('of any amount in any currency comes back as the same amount', () => {
    fc.assert(
      fc.property(anyMoney, (money) => sameAmount(fromDecimal(toDecimal(money), money.currency) ?? eur(0n), money)),
    )
  })

  it('has a digit for every decimal of the currency, for every exponent of ISO 4217', () => {
    fc.assert(
      fc.property(anyMoney, (money) => {
        expect(toDecimal(money).split('.')[1]?.length ?? 0).toBe(exponentOf(money.currency))
      }),
    )
  })
})

describe('a JSON number', () => {
  it.each([
    [19.99, '19.99'],
    [0.1, '0.1'],
    [-3, '-3'],
    [-0, '0'],
    [999999999999999, '999999999999999'],
    [0.000001, '0.000001'],
    [9999999999999.99, '9999999999999.99'],
  ])('%d stands for the decimal text %s', (value, text) => {
    expect(decimalOfNumber(value)).toBe(text)
  })

  it.each([
    ['a double cannot hold what was written', JSON.parse('9007199254740993')],
    ['a sum of floats went wrong before us', 0.1 + 0.2],
    ['it has 16 significant digits', 1234567890123456],
    ['it is written with an exponent', 1e21],
    ['it is written with an exponent', 1e-7],
    ['it is no number', Number.NaN],
    ['it has no end', Number.POSITIVE_INFINITY],
    ['it has no end', Number.NEGATIVE_INFINITY],
  ])('is refused where %s', (_why, value) => {
    expect(decimalOfNumber(value)).toBeUndefined()
    expect(fromWire(value, 'EUR')).toBeUndefined()
  })

  it('of any kind is refused, or stands for exactly the number it is', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const text = decimalOfNumber(value)
        if (text !== undefined) expect(Number(text)).toBe(value === 0 ? 0 : value)
      }),
    )
  })
})

describe('an amount from the wire', () => {
  it('may be a number or decimal text', () => {
    expect(fromWire(19.99, 'EUR')).toEqual(eur(1999n))
    expect(fromWire('19.99', 'EUR')).toEqual(eur(1999n))
    expect(fromWire(1500, 'JPY')).toEqual(jpy(1500n))
  })

  it('is refused where it is more precise than the currency, or in no currency', () => {
    expect(fromWire(19.999, 'EUR')).toBeUndefined()
    expect(fromWire('0.5', 'JPY')).toBeUndefined()
    expect(fromWire(19.99, 'eur')).toBeUndefined()
  })

  it('loses no cent up to 100.00, as number and as text', () => {
    const lost: string[] = []
    for (let cents = 0n; cents <= 10_000n; cents++) {
      const text = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
      const read = [fromWire(Number(text), 'EUR'), fromWire(text, 'EUR')]
      if (read.some((money) => money?.minorUnits !== cents)) lost.push(text)
    }
    expect(lost).toEqual([])
  })
})

describe('an amount as a JSON number', () => {
  it.each([
    [eur(1999n), 19.99],
    [eur(29n), 0.29],
    [eur(0n), 0],
    [eur(-1999n), -19.99],
    [jpy(1500n), 1500],
    [kwd(1n), 0.001],
    [eur(999999999999999n), 9999999999999.99],
  ])('%j is exact', (money, value) => {
    expect(toNumber(money)).toBe(value)
  })

  it('is refused beyond 15 significant digits', () => {
    expect(toNumber(eur(1000000000000001n))).toBeUndefined()
    expect(toNumber(jpy(10n ** 22n))).toBeUndefined()
  })

  it('comes back from the wire as the same amount, wherever there is one', () => {
    fc.assert(
      fc.property(anyMoney, (money) => {
        const value = toNumber(money)
        if (value !== undefined) expect(fromWire(value, money.currency)).toEqual(money)
      }),
    )
  })

  it('exists for every amount of up to 15 digits', () => {
    const limit = 10n ** 15n - 1n
    fc.assert(
      fc.property(
        fc.bigInt({ min: -limit, max: limit }),
        fc.constantFrom('EUR', 'JPY', 'KWD', 'CLF'),
        (minorUnits, currency) => {
          expect(toNumber({ minorUnits, currency })).toBeDefined()
        },
      ),
    )
  })
})

describe('the comparison with an expected amount', () => {
  it('is exact for the same amount of the same currency only', () => {
    expect(checkAmount(eur(1999n), eur(1999n))).toBe('exact')
    expect(checkAmount(eur(1999n), eur(1998n))).toBe('mismatch')
    expect(checkAmount(eur(1999n), { minorUnits: 1999n, currency: 'USD' })).toBe('mismatch')
  })

  it('is a mismatch where the reported amount could not be read', () => {
    expect(checkAmount(eur(1999n), undefined)).toBe('mismatch')
  })

  it('is not made where nothing was expected', () => {
    expect(checkAmount(undefined, eur(1999n))).toBe('unchecked')
    expect(checkAmount(undefined, undefined)).toBe('unchecked')
  })
})
