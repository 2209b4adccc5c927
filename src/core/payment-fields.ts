import type { Issue } from './error.js'
import type { Checked, Payer, PaymentMethod, PaymentRequest, Urls } from './request.js'

type OptionalKey<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never }[keyof T] & string

/** Every optional field that is a gateway's business. `deadline` and the country are ours; a method's flow is refused by itself. */
type OptionalPath =
  | Exclude<OptionalKey<PaymentRequest>, 'deadline' | 'method'>
  | `payer.${Exclude<OptionalKey<Payer>, 'country'>}`
  | `method.${OptionalKey<PaymentMethod>}`
  | `urls.${OptionalKey<Urls>}`

// Complete by its type: a field that is added to the request and not here would be dropped in silence.
const optionalFields: Readonly<Record<OptionalPath, (request: Checked<PaymentRequest>) => unknown>> = {
  description: ({ description }) => description,
  metadata: ({ metadata }) => metadata,
  'payer.name': ({ payer }) => payer.name,
  'payer.email': ({ payer }) => payer.email,
  'payer.phone': ({ payer }) => payer.phone,
  'payer.locale': ({ payer }) => payer.locale,
  'payer.ip': ({ payer }) => payer.ip,
  'payer.extra': ({ payer }) => payer.extra,
  'method.code': ({ method }) => method?.code,
  'method.fields': ({ method }) => method?.fields,
  'urls.success': ({ urls }) => urls.success,
  'urls.failure': ({ urls }) => urls.failure,
  'urls.notification': ({ urls }) => urls.notification,
}

// Texts by name that name nothing ask for nothing.
const isUsed = (value: unknown): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : value !== undefined

/** An issue for each optional field of a payment request that is used and has no place among `paymentFields` of the capabilities. */
export const fieldsWithoutPlace = (
  request: Checked<PaymentRequest>,
  paymentFields: readonly string[],
): readonly Issue[] =>
  Object.entries(optionalFields)
    .filter(([path, value]) => isUsed(value(request)) && !paymentFields.includes(path))
    .map(([path]) => ({ path, expected: 'nothing: the gateway has no place for it' }))
