import type { Hono } from 'hono'
import { authenticate } from './auth.js'
import { Refusal } from './errors.js'
import type { Gateway, Json } from './state.js'

interface PaymentMethod {
  readonly id: string
  readonly type: 'cards_international' | 'bank_transfer'
  readonly formType: 'cards' | 'standard'
  readonly title: string
  readonly currencies: readonly string[]
  readonly countries: readonly string[]
  readonly fields: readonly Json[]
}

const EMAIL = { name: 'email', type: 'email', required: true }
const NAME = { name: 'name', type: 'text', required: true }
const BIRTH_DATE = {
  name: 'date_of_birth',
  type: 'text',
  title: 'Date of birth',
  regexp: '^\\d{2}\\.\\d{2}\\.\\d{4}$',
  required: true,
}
const BANK_CODE = { name: 'bank_code', type: 'text', title: 'Bank', required: true }
const BANK_TYPE = { name: 'bank_type', type: 'text', title: 'Transfer', regexp: '^(SEPA_INSTANT)$', required: true }

const card = (id: string, title: string): PaymentMethod => ({
  id,
  type: 'cards_international',
  formType: 'cards',
  title,
  currencies: ['EUR', 'USD', 'GBP'],
  countries: ['DE', 'FR', 'GB', 'US'],
  fields: [EMAIL, NAME],
})

const bank = (id: string, title: string, countries: readonly string[], ...fields: readonly Json[]): PaymentMethod => ({
  id,
  type: 'bank_transfer',
  formType: 'standard',
  title,
  currencies: ['EUR', 'GBP'],
  countries,
  fields: [EMAIL, NAME, ...fields],
})

/** What the emulator's projects can be paid with. The third bank makes the payer choose on Payop's own page. */
const METHODS: ReadonlyMap<string, PaymentMethod> = new Map(
  [
    card('381', 'Cards'),
    card('480', 'Cards, route 2'),
    card('481', 'Cards, route 3'),
    bank('203822', 'Pay by bank', ['DE', 'FR'], BIRTH_DATE),
    bank('30000018', 'Instant bank transfer', ['GB']),
    bank('37000000', 'Bank of your choice', ['DE'], BANK_CODE, BANK_TYPE),
  ].map((method) => [method.id, method]),
)

export const METHOD_IDS: readonly string[] = [...METHODS.keys()]

export const isCardMethod = (id: string): boolean => METHODS.get(id)?.formType === 'cards'

const BANK_CHOICE: ReadonlySet<unknown> = new Set(['bank_code', 'bank_type', 'bank_country'])
const PAYER_FIELDS: ReadonlySet<unknown> = new Set(['email', 'name', 'phone'])

interface RequiredField {
  readonly name: string
  /** Matches everything if the method has none. */
  readonly regexp: RegExp
}

const requiredFields = (id: string): readonly RequiredField[] =>
  (METHODS.get(id)?.fields ?? [])
    .filter(({ required }) => required === true)
    .map(({ name, regexp = '' }) => ({ name: String(name), regexp: new RegExp(String(regexp)) }))

/** Whether the payer has to choose a bank on Payop's own page, so that the direct flow cannot be used. */
export const asksForBank = (id: string): boolean => requiredFields(id).some(({ name }) => BANK_CHOICE.has(name))

/** The fields that a method asks for beside e-mail, name and phone. */
export const requiredExtraFields = (id: string): readonly RequiredField[] =>
  requiredFields(id).filter(({ name }) => !PAYER_FIELDS.has(name) && !BANK_CHOICE.has(name))

export const methodOnWire = (id: string): Json => {
  const method = METHODS.get(id)
  return { identifier: Number(id), fields: method?.fields ?? [], formType: method?.formType ?? 'standard' }
}

const availableOnWire = ({ id, fields, ...method }: PaymentMethod): Json => ({
  identifier: Number(id),
  ...method,
  logo: `https://static.example/${id}.svg`,
  parentIdentifier: null,
  pmIdentifier: `aaaaaaaa-0000-4000-8000-${id.padStart(12, '0')}`,
  config: { fields },
})

export const addMethodRoutes = (app: Hono, gateway: Gateway): void => {
  const base = '/v1/instrument-settings/payment-methods'

  app.get(`${base}/available-for-application/:id`, (c) => {
    authenticate(c, gateway, 'methods')
    const project = gateway.projects.get(c.req.param('id'))
    if (project === undefined) throw new Refusal(404, 'Application not found')
    const methods = [...METHODS.values()].filter(({ id }) => project.methods.includes(id))
    return c.json({ data: methods.map(availableOnWire), status: 1 })
  })
}
