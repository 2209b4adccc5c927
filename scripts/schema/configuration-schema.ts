import { createGenerator } from 'ts-json-schema-generator'
import { accountName, countries, currencies } from '../../src/core/index.js'

/** The part of JSON Schema that is written here. */
export interface Schema {
  readonly [keyword: string]: unknown
}

type Definitions = Readonly<Record<string, Schema>>

const files = 'src/{catalog,orchestrator/config/file}.ts'

/** A type, and those it is made of. */
type TypeReader = (type: string) => Definitions

const typeReader = (): TypeReader => {
  const generator = createGenerator({
    path: files,
    tsconfig: 'tsconfig.json',
    skipTypeCheck: true,
    expose: 'all',
    additionalProperties: false,
  })
  return (type) => (generator.createSchema(type).definitions ?? {}) as Definitions
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a text is once its variables are in cannot be said of the text that names them. */
const orVariable = (schema: Schema): Schema => {
  const { description, ...limits } = schema
  const isLimited = ['pattern', 'minLength', 'enum'].some((keyword) => keyword in limits)
  if (limits.type !== 'string' || !isLimited) return schema
  return { ...(description === undefined ? {} : { description }), anyOf: [limits, { $ref: '#/$defs/WithVariable' }] }
}

// A JSON file holds no bytes: a certificate is its text.
const isBytes = (schema: unknown): boolean =>
  isSchema(schema) && typeof schema.$ref === 'string' && schema.$ref.includes('Uint8Array')

const textOnly = (schema: Schema): Schema => {
  if (!Array.isArray(schema.anyOf) || !schema.anyOf.some(isBytes)) return schema
  const { anyOf, ...rest } = schema
  const [only] = anyOf.filter((each) => !isBytes(each))
  return { ...rest, ...only }
}

// The generator gives every mapped type a definition of its own, with a name that no reader wants.
const inlined = (schema: Schema, definitions: Definitions): Schema => {
  const { $ref, ...rest } = schema
  const name = typeof $ref === 'string' ? decodeURIComponent($ref.replace('#/definitions/', '')) : ''
  return name.startsWith('Readonly<') ? { ...definitions[name], ...rest } : schema
}

const adapted = (value: unknown, definitions: Definitions): unknown => {
  if (Array.isArray(value)) return value.map((each) => adapted(each, definitions))
  if (!isSchema(value)) return typeof value === 'string' ? value.replace('#/definitions/', '#/$defs/') : value
  const schema = inlined(textOnly(value), definitions)
  return orVariable(
    Object.fromEntries(Object.entries(schema).map(([name, field]) => [name, adapted(field, definitions)])),
  )
}

const adaptedAll = (definitions: Definitions): Definitions =>
  Object.fromEntries(
    Object.entries(definitions)
      .filter(([name]) => /^\w+$/.test(name) && !/^(Uint8Array|ArrayBuffer|SharedArrayBuffer)/.test(name))
      .map(([name, schema]) => [name, adapted(schema, definitions) as Schema]),
  )

/** An account has the name of an adapter, and the fields of that adapter's accounts. */
const anyAccount = ({ description }: Schema, adapters: Schema): Schema => ({
  description,
  type: 'object',
  required: ['adapter'],
  properties: { adapter: { enum: Object.keys(adapters) } },
  anyOf: Object.values(adapters),
})

/** The accounts by name. A name is no text that a variable may stand in. */
const namedAccounts = (file: Schema): Schema => {
  const properties = isSchema(file.properties) ? file.properties : {}
  const accounts = isSchema(properties.accounts) ? properties.accounts : {}
  const named = { ...accounts, propertyNames: { pattern: accountName.source } }
  return { ...file, properties: { ...properties, accounts: named } }
}

const oneOf = (codes: readonly string[], described: Schema | undefined): Schema =>
  orVariable({ ...described, enum: codes })

/** What the catalog says of accounts: the reference to each adapter's type, by adapter, and the types. */
const accountSchemas = (read: TypeReader) => {
  const { AccountTypes: { properties } = {}, ...types } = adaptedAll(read('AccountTypes'))
  const adapters = Object.entries(isSchema(properties) ? properties : {}).map(([adapter, type]) => [
    adapter,
    { $ref: Object(type).$ref },
  ])
  return { adapters: Object.fromEntries(adapters), types }
}

/** The JSON Schema of a configuration file, made from the types of the file and of the gateways' accounts. */
const configurationSchema = (): Schema => {
  const read = typeReader()
  const { ConfigurationFile: file = {}, AccountInFile: account = {}, ...rest } = adaptedAll(read('ConfigurationFile'))
  const { adapters, types } = accountSchemas(read)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'paymux configuration',
    ...namedAccounts(file),
    $defs: {
      ...rest,
      CurrencyCode: oneOf(currencies(), rest.CurrencyCode),
      CountryCode: oneOf(countries(), rest.CountryCode),
      AccountInFile: anyAccount(account, adapters),
      ...types,
      WithVariable: {
        type: 'string',
        description: 'Text with an environment variable in it.',
        pattern: '\\$\\{[A-Za-z_]\\w*\\}',
      },
    },
  }
}

/** The text of `paymux.schema.json`. */
export const schemaText = (): string => `${JSON.stringify(configurationSchema(), null, 2)}\n`
