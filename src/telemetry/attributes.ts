import {
  type EventMessage,
  type OperationName,
  omitUndefined,
  type Traces,
  type TransitionMessage,
} from '../core/index.js'

/** What is said about a trace: the attributes of its span, and the fields of its line. */
export type Attributes = Readonly<Record<string, string | number | boolean>>

/** The money methods as spans and metrics name them. */
export const operationNames: Readonly<Record<OperationName, string>> = {
  createPayment: 'create_payment',
  refund: 'refund',
  payout: 'payout',
}

/** Where an origin leads, by the conventions for HTTP. No path: it holds ids, and some gateways take data in the query. */
const destinationOf = (origin: string | undefined): Attributes => {
  if (origin === undefined || !URL.canParse(origin)) return {}
  const { protocol, hostname, port, href } = new URL(origin)
  const defaultPort = protocol === 'https:' ? 443 : 80
  return {
    'url.scheme': protocol.slice(0, -1),
    'url.full': href,
    'server.address': hostname,
    'server.port': port === '' ? defaultPort : Number(port),
  }
}

/** Why an exchange failed, by the conventions for HTTP: the system's code, the case of the error, or the status of the answer. */
export const errorTypeOf = ({ code, errorType, statusCode = 0 }: Traces['exchange']): string | undefined =>
  code ?? errorType ?? (statusCode >= 400 ? String(statusCode) : undefined)

/** The attributes of each trace, with what is known of it when they are made. */
export const attributesOf: { readonly [Name in keyof Traces]: (trace: Traces[Name]) => Attributes } = {
  operation: ({ operation, operationId, account, outcome, status, errorType }) => ({
    'paymux.operation.name': operationNames[operation],
    ...omitUndefined({
      'paymux.operation.id': operationId,
      'paymux.account': account,
      'paymux.outcome': outcome,
      'paymux.replayed': outcome === undefined ? undefined : outcome === 'replayed',
      'paymux.status': status,
      'error.type': errorType,
    }),
  }),
  attempt: ({ operationId, attempt, account, effect, errorType }) => ({
    'paymux.operation.id': operationId,
    'paymux.attempt': attempt,
    'paymux.account': account,
    ...omitUndefined({ 'paymux.effect': effect, 'error.type': errorType }),
  }),
  exchange: (trace) => ({
    'paymux.exchange': trace.exchange,
    'paymux.effect': trace.effect,
    'http.request.method': trace.method,
    ...destinationOf(trace.origin),
    ...omitUndefined({
      'paymux.account': trace.account,
      'http.request.resend_count': trace.retryCount > 0 ? trace.retryCount : undefined,
      'http.response.status_code': trace.statusCode,
      'error.type': errorTypeOf(trace),
      'paymux.phase': trace.phase,
    }),
  }),
  poll: ({ account, kind, reason, operationId, changed, errorType }) => ({
    'paymux.account': account,
    'paymux.kind': kind,
    'paymux.poll.reason': reason,
    ...omitUndefined({
      'paymux.operation.id': operationId,
      'paymux.poll.changed': changed,
      'error.type': errorType,
    }),
  }),
  notification: ({ decision, status, account, unlistedSource }) =>
    omitUndefined({
      'paymux.notification.decision': decision,
      'paymux.notification.status': status,
      'paymux.notification.unlisted_source': unlistedSource,
      'paymux.account': account,
    }),
  delivery: ({ type, subscriber, tries, eventId, account, operationId, taken }) => ({
    'messaging.system': 'paymux',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': type,
    'paymux.subscriber': subscriber,
    'paymux.delivery.tries': tries,
    ...omitUndefined({
      'messaging.message.id': eventId,
      'paymux.account': account,
      'paymux.operation.id': operationId,
      'paymux.delivery.taken': taken,
    }),
  }),
  commit: ({ store, writes, outcome, code }) => ({
    'db.system.name': store,
    'db.operation.name': 'commit',
    'paymux.commit.writes': writes,
    ...omitUndefined({ 'paymux.commit.outcome': outcome, 'error.type': code }),
  }),
  job: ({ job, operationId, account, kind, found, did, isOpen, errorType, ...compared }) => ({
    'paymux.job': job,
    ...omitUndefined({
      'paymux.operation.id': operationId,
      'paymux.account': account,
      'paymux.kind': kind,
      'paymux.job.found': found,
      'paymux.job.did': did,
      'paymux.operation.open': isOpen,
      'paymux.reconcile.missing_in_ledger': compared.missingInLedger,
      'paymux.reconcile.stale_in_ledger': compared.staleInLedger,
      'paymux.reconcile.unreadable': compared.unreadable,
      'error.type': errorType,
    }),
  }),
}

/** The fields of a line about a status that changed. */
export const fieldsOfTransition = ({
  kind,
  account,
  id,
  operationId,
  from,
  to,
  evidence,
}: TransitionMessage): Attributes => ({
  'paymux.kind': kind,
  'paymux.account': account,
  ...omitUndefined({ 'paymux.object.id': id, 'paymux.operation.id': operationId, 'paymux.status.from': from }),
  'paymux.status': to,
  'paymux.evidence': evidence,
})

/** The fields of a line about an event. */
export const fieldsOfEvent = ({ type, eventId, account, operationId }: EventMessage): Attributes => ({
  'paymux.event.type': type,
  ...omitUndefined({ 'paymux.event.id': eventId, 'paymux.account': account, 'paymux.operation.id': operationId }),
})
