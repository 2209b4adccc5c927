import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as t from 'io-ts'
import {
  AccountName,
  decode,
  exactObject,
  fromPredicate,
  type Issue,
  invalidConfig,
  issueUnless,
  omitUndefined,
  type PaymentError,
  text,
} from '../../core/index.js'
import { Background, Encryption, Retention, retentionOf, Store, webhooks } from './codecs.js'
import type { AccountSettings, BackgroundSettings, Configuration, Route } from './configuration.js'
import { type Environment, withEnvironment } from './env.js'
import { deadRoutes, routes } from './routes.js'

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => Object.prototype.toString.call(value) === '[object Object]'

const Accounts = fromPredicate(
  'at least one account by its name',
  (value): value is Fields => isFields(value) && Object.keys(value).length > 0,
)

const file = (names: readonly string[]) => {
  const KnownAccount = text('the name of an account', (name) => names.includes(name))
  return exactObject(
    'a configuration',
    { accounts: Accounts, store: Store },
    {
      $schema: t.string,
      routes: routes(KnownAccount),
      encryption: Encryption,
      webhooks: webhooks(KnownAccount),
      background: Background,
      retention: Retention,
    },
  )
}

type File = t.TypeOf<ReturnType<typeof file>>

const Adapter = t.type({ adapter: text('the name of an adapter', (name) => /^[\w-]{1,64}$/.test(name)) }, 'an account')

const under =
  (place: string) =>
  ({ path, expected }: Issue): Issue => ({ path: path === '(root)' ? place : `${place}.${path}`, expected })

const readAccount = (name: string, value: unknown): E.Either<readonly Issue[], AccountSettings> =>
  pipe(
    decode(Adapter, value),
    E.filterOrElse(
      () => !isFields(value) || value.account === undefined || value.account === name,
      (): readonly Issue[] => [{ path: 'account', expected: 'nothing, or the name that the account has here' }],
    ),
    E.map(({ adapter, ...rest }) => ({ adapter, settings: () => ({ adapter, ...rest, account: name }) })),
    E.mapLeft((issues) => issues.map(under(`accounts.${name}`))),
  )

const readAccounts = (fields: Fields) => {
  const accounts = new Map<string, AccountSettings>()
  const issues: Issue[] = []
  Object.entries(fields).forEach(([name, value], index) => {
    if (!AccountName.is(name)) {
      issues.push({ path: `accounts.#${index + 1}`, expected: `as its name, ${AccountName.name}` })
      return
    }
    const account = readAccount(name, value)
    if (E.isRight(account)) accounts.set(name, account.right)
    else issues.push(...account.left)
  })
  return { accounts, issues }
}

const accountsIn = (config: unknown): Fields => (isFields(config) && isFields(config.accounts) ? config.accounts : {})

const crossIssues = ({ routes: list = [], encryption }: File): readonly Issue[] => [
  ...deadRoutes(list),
  ...issueUnless(
    encryption === undefined || Object.hasOwn(encryption.keys, encryption.current),
    'encryption.current',
    'the id of one of the keys',
  ),
]

const background: BackgroundSettings = { reconcileHours: 24, reconcileDays: 3, housekeepingMinutes: 60 }

const decodeFile = (config: unknown): E.Either<readonly Issue[], Configuration> => {
  const fields = accountsIn(config)
  const { accounts, issues } = readAccounts(fields)
  const decoded = decode(file(Object.keys(fields)), config)
  if (E.isLeft(decoded)) return E.left([...issues, ...decoded.left])
  const all = [...issues, ...crossIssues(decoded.right)]
  const { routes: list, store, encryption, webhooks: settings, background: given, retention } = decoded.right
  const everything: Route = { when: {}, to: [...accounts.keys()].map((account) => ({ account })) }
  return all.length > 0
    ? E.left(all)
    : E.right({
        accounts,
        routes: list ?? [everything],
        store,
        ...omitUndefined({ encryption, webhooks: settings }),
        background: { ...background, ...given },
        retention: retentionOf(retention),
      })
}

/**
 * Decodes a configuration, as text in JSON has it, with `${NAME}` replaced from `env`. What is an adapter's own stays as it is.
 * Gives `InvalidConfig`, which names the path of everything that is wrong and prints no value.
 */
export const decodeConfiguration = (config: unknown, env: Environment): E.Either<PaymentError, Configuration> =>
  pipe(withEnvironment(config, env), E.flatMap(decodeFile), E.mapLeft(invalidConfig))

/** What is wrong with an account, told at its place in the configuration. */
export const inAccount =
  (name: string) =>
  (error: PaymentError): PaymentError =>
    error._tag === 'InvalidConfig' ? invalidConfig(error.issues.map(under(`accounts.${name}`))) : error
