import type { Context, Hono } from 'hono'
import { authenticate } from './auth.js'
import { Refusal } from './errors.js'
import { fromUnits, toUnits, twoPlaces } from './money.js'
import type { Gateway, Json } from './state.js'

const CALLS_PER_MINUTE = 10
const MINUTE_MS = 60_000

/** What the wallet holds beside the available funds; it may be negative. */
const PENDING = -3.2

/** Ten calls a minute for each caller. On loopback there is only one caller. */
const createLimit = ({ clock }: Gateway) => {
  let calls: readonly number[] = []
  return () => {
    calls = calls.filter((at) => at > clock.now() - MINUTE_MS)
    if (calls.length >= CALLS_PER_MINUTE) throw new Refusal(429, 'Too many requests from ip')
    calls = [...calls, clock.now()]
  }
}

const requestedCurrencies = (c: Context, { balances }: Gateway): readonly string[] => {
  const requested = c.req.query('currency')?.split(',') ?? [...balances.keys()]
  const invalid = requested.flatMap((currency, index) => (/^[A-Z]{3}$/.test(currency) ? [] : [`currencies [${index}]`]))
  if (invalid.length > 0)
    throw new Refusal(400, Object.fromEntries(invalid.map((field) => [field, ['This value is not a valid currency.']])))
  return requested
}

const balanceOnWire = ({ balances }: Gateway, code: string, withTotal: boolean): Json => {
  const available = balances.get(code) ?? 0
  const balance = {
    available: twoPlaces(fromUnits(available)),
    referral: '0.00',
    pending: twoPlaces(PENDING),
    reserve: '0.00',
  }
  const total = twoPlaces(fromUnits(available + toUnits(PENDING)))
  return { code, balance: withTotal ? { ...balance, total } : balance }
}

export const addBalanceRoutes = (app: Hono, gateway: Gateway): void => {
  const limit = createLimit(gateway)

  app.get('/v1/wallets/get-balances', (c) => {
    limit()
    authenticate(c, gateway, 'balances')
    const withTotal = c.req.query('includeTotal') === '1'
    const currencies = requestedCurrencies(c, gateway).map((code) => balanceOnWire(gateway, code, withTotal))
    const snapshotAt = new Date(gateway.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z')
    return c.json({ snapshotAt, currencies })
  })
}
