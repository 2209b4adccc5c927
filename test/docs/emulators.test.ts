import { Hono } from 'hono'
import {
  type Fault,
  type IppoPayEmulator,
  type PayopEmulator,
  startIppoPayEmulator,
  startPayopEmulator,
} from '../../src/emulators/index.js'
import { addIppoPayAdminRoutes } from '../../src/emulators/ippopay/admin.js'
import { OPERATIONS as IPPOPAY_OPERATIONS } from '../../src/emulators/ippopay/app.js'
import { defaultBehaviour, BEHAVIOUR_RULES as IPPOPAY_RULES } from '../../src/emulators/ippopay/behaviour.js'
import { ORDER_CHOICES } from '../../src/emulators/ippopay/pages/checkout.js'
import { addAdminRoutes } from '../../src/emulators/kit/admin.js'
import { createExecutionLog } from '../../src/emulators/kit/execution-log.js'
import { createFaults } from '../../src/emulators/kit/faults.js'
import { createNotifications } from '../../src/emulators/kit/notifications.js'
import { addPayopAdminRoutes } from '../../src/emulators/payop/admin.js'
import { OPERATIONS as PAYOP_OPERATIONS } from '../../src/emulators/payop/app.js'
import { DEFAULT_BEHAVIOUR, BEHAVIOUR_RULES as PAYOP_RULES } from '../../src/emulators/payop/behaviour.js'
import { OUTCOMES } from '../../src/emulators/payop/lifecycle.js'
import { codeIn, documentAt, tableUnder } from './markdown.js'

const page = documentAt('docs/emulators.md')

/** What a column of the table under a heading lists. */
const listedIn = (heading: string, column: string): readonly string[] =>
  tableUnder(page, heading).flatMap((row) => codeIn(row[column]))

const fieldOf = (name: string | undefined, object: object): unknown =>
  Object.entries(object).find(([key]) => key === name)?.[1]

describe.each([
  ['Behaviour of Payop', DEFAULT_BEHAVIOUR, PAYOP_RULES],
  ['Behaviour of IppoPay', defaultBehaviour(), IPPOPAY_RULES],
])('docs/emulators.md, %s', (heading, defaults, rules) => {
  const rows = tableUnder(page, heading)

  it('lists them all', () => {
    expect(listedIn(heading, 'Field')).toEqual(Object.keys(defaults))
  })

  it.each(rows.filter((row) => codeIn(row.Default).length > 0))('has the default of $Field', (row) => {
    expect(codeIn(row.Default)).toEqual([JSON.stringify(fieldOf(codeIn(row.Field)[0], defaults))])
  })

  const ruleOf = (row: (typeof rows)[number]) => fieldOf(codeIn(row.Field)[0], rules)
  const choices = rows.filter((row) => Array.isArray(ruleOf(row)))

  it.each(choices)('lists the values of $Field', (row) => {
    const rule = ruleOf(row)
    expect(codeIn(row.Type)).toEqual(Array.isArray(rule) && rule.map((value) => JSON.stringify(value)))
  })

  it.each(rows.filter((row) => !choices.includes(row)))('has the type of $Field', (row) => {
    expect(codeIn(row.Type)).not.toEqual([])
  })
})

describe('docs/emulators.md', () => {
  let payop: PayopEmulator
  let ippopay: IppoPayEmulator

  beforeAll(async () => {
    payop = await startPayopEmulator()
    ippopay = await startIppoPayEmulator()
  })
  afterAll(() => Promise.all([payop.close(), ippopay.close()]))

  const addKitRoutes = (app: Hono): void => {
    const { clock, behaviour, refuse } = payop
    addAdminRoutes({
      app,
      clock,
      behaviour,
      behaviourRules: PAYOP_RULES,
      refuse,
      log: createExecutionLog({ now: clock.now, operations: {} }),
      faults: createFaults(),
      notifications: createNotifications(clock),
    })
  }

  it.each([
    ['of both', addKitRoutes],
    ['of Payop', (app: Hono) => addPayopAdminRoutes(app, payop)],
    ['of IppoPay', (app: Hono) => addIppoPayAdminRoutes(app, ippopay, ippopay)],
  ])('lists the admin routes %s', (heading, add) => {
    const app = new Hono()
    add(app)
    // `ALL` is what the kit does before each route.
    const routes = app.routes.flatMap(({ method, path }) => (method === 'ALL' ? [] : [`${method} ${path}`]))
    expect([...listedIn(`Admin routes ${heading}`, 'Route')].sort()).toEqual([...routes].sort())
  })

  it('lists what payers do', () => {
    expect([...listedIn('Payers of Payop', 'Outcome')].sort()).toEqual([...OUTCOMES].sort())
    expect(listedIn('Payers of IppoPay', 'Outcome')).toEqual(ORDER_CHOICES)
  })

  it('lists the operations of the execution log', () => {
    const operations = [...Object.values(PAYOP_OPERATIONS), ...Object.values(IPPOPAY_OPERATIONS)]
    const [row] = tableUnder(page, 'The execution log').filter(({ Field }) => Field === '`operation`')
    expect(new Set(codeIn(row?.Description))).toEqual(new Set(operations))
  })

  it('lists how the network treats notifications', () => {
    expect(
      Object.fromEntries(tableUnder(page, 'The network').map((row) => [codeIn(row.Field)[0], codeIn(row.Default)[0]])),
    ).toEqual(Object.fromEntries(Object.entries(payop.notifications).map(([name, value]) => [name, String(value)])))
  })

  it('lists the kinds of faults', () => {
    const kinds: Record<Fault['kind'], true> = {
      latency: true,
      reset_before_reading: true,
      reset_after_executing: true,
      silence_before_executing: true,
      silence_after_executing: true,
      half_answer: true,
      wrong_content_type: true,
      truncated_json: true,
      answered_twice: true,
      answered_before_next: true,
      delivered_twice: true,
      status: true,
    }
    expect(listedIn('Faults', '`kind`')).toEqual(Object.keys(kinds))
  })
})
