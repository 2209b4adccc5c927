import type { Context, Hono } from 'hono'
import { rethrow } from '../kit/admin.js'
import { invalid, isRecord } from '../kit/input.js'
import { ALL_RIGHTS, NOTIFICATION_KINDS, type PayopControls } from './controls.js'
import { OUTCOMES } from './lifecycle.js'
import type { Json, State } from './state.js'

const readBody = async (c: Context): Promise<Json> => {
  const body: unknown = await c.req.json()
  if (!isRecord(body)) throw invalid('the body', 'an object')
  return body
}

const whole = (body: Json, field: string): number => {
  const value = body[field]
  if (typeof value !== 'number' || !Number.isInteger(value)) throw invalid(field, 'a whole number')
  return value
}

const state = (body: Json, field: string): State => {
  const value = body[field]
  return typeof value === 'string' && value !== '' ? value : whole(body, field)
}

const optionalNumber = (body: Json, field: string): number | undefined => {
  const value = body[field]
  if (value !== undefined && typeof value !== 'number') throw invalid(field, 'a number')
  return value
}

const optionalText = (body: Json, field: string): string | undefined => {
  const value = body[field]
  if (value !== undefined && typeof value !== 'string') throw invalid(field, 'text')
  return value
}

const textList = (body: Json, field: string): readonly string[] => {
  const value = body[field]
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw invalid(field, 'a list of texts')
  return value
}

const oneOf = <Value extends string>(body: Json, field: string, allowed: readonly Value[]): Value => {
  const found = allowed.find((value) => value === body[field])
  if (found === undefined) throw invalid(field, allowed.join(' or '))
  return found
}

const addRecordRoutes = (app: Hono, controls: PayopControls): void => {
  app.get('/invoices', (c) => c.json(controls.invoices()))
  app.get('/invoices/:id', (c) => c.json(controls.invoice(c.req.param('id'))))
  app.get('/transactions', (c) => c.json(controls.transactions()))
  app.get('/transactions/:id', (c) => c.json(controls.transaction(c.req.param('id'))))
  app.get('/refunds', (c) => c.json(controls.refunds()))
  app.get('/refunds/:id', (c) => c.json(controls.refund(c.req.param('id'))))
  app.get('/withdrawals', (c) => c.json(controls.withdrawals()))
  app.get('/withdrawals/:id', (c) => c.json(controls.withdrawal(c.req.param('id'))))
}

const addDecisionRoutes = (app: Hono, controls: PayopControls): void => {
  app.post('/invoices/:id/act', async (c) => {
    controls.act(c.req.param('id'), oneOf(await readBody(c), 'outcome', OUTCOMES))
    return c.json(controls.invoice(c.req.param('id')))
  })
  app.post('/invoices/:id/status', async (c) => {
    const body = await readBody(c)
    controls.setInvoiceStatus(c.req.param('id'), body.status === null ? null : state(body, 'status'))
    return c.json(controls.invoice(c.req.param('id')))
  })
  app.post('/transactions/:id/state', async (c) => {
    const body = await readBody(c)
    controls.setTransactionState(c.req.param('id'), state(body, 'state'), optionalText(body, 'error'))
    return c.json(controls.transaction(c.req.param('id')))
  })
  app.post('/transactions/:id/chargeback', async (c) => {
    const { hasChargeback } = await readBody(c)
    if (typeof hasChargeback !== 'boolean') throw invalid('hasChargeback', 'true or false')
    controls.setChargeback(c.req.param('id'), hasChargeback)
    return c.json(controls.transaction(c.req.param('id')))
  })
  app.post('/transactions/:id/auto-refund', async (c) => {
    return c.json(controls.autoRefund(c.req.param('id'), optionalNumber(await readBody(c), 'amount')))
  })
  app.post('/transactions/:id/refund', async (c) => {
    return c.json(controls.startRefund(c.req.param('id'), optionalNumber(await readBody(c), 'amount')))
  })
  app.post('/refunds/:id/decision', async (c) => {
    const body = await readBody(c)
    controls.decideRefund(c.req.param('id'), state(body, 'status'), optionalText(body, 'error'))
    return c.json(controls.refund(c.req.param('id')))
  })
  app.post('/withdrawals/:id/decision', async (c) => {
    const body = await readBody(c)
    controls.decideWithdrawal(c.req.param('id'), state(body, 'status'), optionalText(body, 'comment'))
    return c.json(controls.withdrawal(c.req.param('id')))
  })
}

const addAccountRoutes = (app: Hono, controls: PayopControls): void => {
  app.get('/balances', (c) => c.json(controls.balances()))
  app.patch('/balances', async (c) => {
    const body = await readBody(c)
    for (const [currency, amount] of Object.entries(body)) {
      if (typeof amount !== 'number') throw invalid(currency, 'a number')
      controls.setBalance(currency, amount)
    }
    return c.json(controls.balances())
  })
  app.patch('/ipn-urls', async (c) => {
    controls.setIpnUrls(await readBody(c))
    return c.body(null, 204)
  })
  app.post('/ipn/replay', async (c) => {
    const body = await readBody(c)
    controls.replayIpn(oneOf(body, 'kind', NOTIFICATION_KINDS), optionalText(body, 'id') ?? '')
    return c.body(null, 204)
  })
  app.post('/projects', async (c) => {
    const body = await readBody(c)
    return c.json(controls.addProject(body.methods === undefined ? undefined : textList(body, 'methods')))
  })
  app.post('/projects/:id/methods', async (c) => {
    controls.setMethods(c.req.param('id'), textList(await readBody(c), 'methods'))
    return c.body(null, 204)
  })
  app.post('/tokens', async (c) => {
    const body = await readBody(c)
    const rights = body.rights === undefined ? ALL_RIGHTS : textList(body, 'rights')
    const token = controls.addToken({
      rights: rights.map((right) => oneOf({ right }, 'right', ALL_RIGHTS)),
      ...(body.expiresAt === undefined ? {} : { expiresAt: whole(body, 'expiresAt') }),
    })
    return c.json({ token })
  })
  app.patch('/tokens/:token', async (c) => {
    const body = await readBody(c)
    controls.expireToken(c.req.param('token'), body.expiresAt === null ? null : whole(body, 'expiresAt'))
    return c.body(null, 204)
  })
  app.delete('/tokens/:token', (c) => {
    controls.revokeToken(c.req.param('token'))
    return c.body(null, 204)
  })
}

/** Adds Payop's own admin routes: one for each control. The kit answers errors. */
export const addPayopAdminRoutes = (app: Hono, controls: PayopControls): void => {
  app.onError(rethrow)
  addRecordRoutes(app, controls)
  addDecisionRoutes(app, controls)
  addAccountRoutes(app, controls)
}
