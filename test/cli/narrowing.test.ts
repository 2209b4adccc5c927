import type { Paymux } from '../../src/paymux/index.js'
import { closeShops, configurationOn, idOf, openShop, order, payout, right } from '../paymux/stage.js'
import { useStage } from '../paymux/use-stage.js'
import { commandOn, documentOf, type Ran } from './run.js'

const stage = useStage()

let shop: Paymux
let command: (...argv: readonly string[]) => Promise<Ran>
let [payment, refund] = ['', '']

/** An order with a payment and a refund, and a payout of another name. */
beforeAll(async () => {
  const config = configurationOn(stage)
  shop = await openShop(stage, config)
  command = commandOn(stage, config)
  const { reference } = await right(shop.createPayment(order('both')))
  payment = idOf(reference)
  stage.payop.act(payment, 'pay')
  await right(shop.getStatus(reference))
  const amount = { value: '10.00', currency: 'EUR' } as const
  refund = idOf((await right(shop.refund({ idempotencyKey: 'back', payment: reference, amount }))).reference)
  await right(shop.payout(payout('out')))
})
afterAll(closeShops)

const kindsOf = (found: unknown): unknown => Object(found).objects.map(({ kind }: { kind: string }) => kind)

describe('find', () => {
  it.each([
    ['everything of an order', [], ['payment', 'refund'], ['createPayment', 'refund']],
    ['what is of one kind', ['--kind', 'refund'], ['refund'], ['refund']],
    ['what is on one account', ['--account', 'europe'], ['payment', 'refund'], ['createPayment', 'refund']],
  ])('gives %s', async (_, flags, kinds, methods) => {
    const found = documentOf(await command('find', 'ORD-both', ...flags, '--json'))
    expect(kindsOf(found)).toEqual(kinds)
    expect(Object(found).operations.map(({ name }: { name: string }) => name)).toEqual(methods)
  })

  it('gives nothing, and says so, if what is of this name is of another kind or on another account', async () => {
    for (const flags of [
      ['--kind', 'payout'],
      ['--account', 'india'],
    ]) {
      const { code, stdout, stderr } = await command('find', 'ORD-both', ...flags)
      expect({ code, stdout, stderr }).toEqual({
        code: 3,
        stdout: '',
        stderr: 'The ledger has nothing of this name.\n',
      })
    }
  })

  it('shows in lines what has an object, and an operation only if it has none', async () => {
    const { stdout } = await command('find', 'ORD-both')
    expect(stdout.split('\n').filter((line) => line !== '')).toEqual([
      expect.stringMatching(/\tORD-both\tpayment\tsucceeded\t49\.90 EUR\t/),
      expect.stringMatching(/\tORD-both\trefund\t/),
    ])
  })

  it('wants the method beside a key', async () => {
    const { code, stderr } = await command('find', '--idempotency-key', 'back')
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'error  --operation and --idempotency-key belong together.\n',
    })
  })
})

describe('show', () => {
  it.each([
    ['an order number and a kind', () => ['ORD-both', '--kind', 'refund'], 'refund'],
    ['account and id', () => ['--account', 'europe', '--id', payment], 'payment'],
    ['account, id and kind', () => ['--account', 'europe', '--id', refund, '--kind', 'refund'], 'refund'],
    ['kind:account:id', () => [`payment:europe:${payment}`], 'payment'],
  ])('takes one object by %s', async (_, argv, kind) => {
    expect(documentOf(await command('show', ...argv(), '--json'))).toMatchObject({ kind })
  })

  it.each([
    ['an id of another kind', () => ['--account', 'europe', '--id', payment, '--kind', 'refund'], 3],
    ['a name of another account', () => ['ORD-both', '--account', 'india'], 3],
    ['an account alone', () => ['--account', 'europe'], 2],
  ])('takes none by %s', async (_, argv, code) => {
    expect((await command('show', ...argv())).code).toBe(code)
  })
})

it.each(['show', 'status', 'refund', 'erase', 'find', 'explain'])(
  '%s does not pass over an id that stands beside a name: it could be about another object',
  async (name) => {
    const key = name === 'refund' ? ['--idempotency-key', 'other', '--confirm', 'refund 49.90 EUR'] : []
    const { code, stderr } = await command(name, 'ORD-both', '--account', 'europe', '--id', 'another', ...key)
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('A reference and --id exclude each other.'),
    })
  },
)

describe('explain', () => {
  it('tells of one kind, of one account, or of one object', async () => {
    const subjectsOf = async (...argv: readonly string[]) => {
      const { stdout } = await command('explain', ...argv, '--json')
      return JSON.parse(stdout).map(({ subject }: { subject: { kind: string } }) => subject.kind)
    }
    expect(await subjectsOf('ORD-both')).toEqual(['payment', 'refund'])
    expect(await subjectsOf('ORD-both', '--kind', 'refund')).toEqual(['refund'])
    expect(await subjectsOf('ORD-both', '--account', 'india')).toEqual([])
    expect(await subjectsOf(`payment:europe:${payment}`)).toEqual(['payment'])
    expect(await subjectsOf('--account', 'europe', '--id', refund)).toEqual(['refund'])
  })

  it('ends with 3 if the ledger has nothing of this name, with an empty list for a program', async () => {
    expect(await command('explain', 'ORD-none', '--json')).toEqual({ code: 3, stdout: '[]\n', stderr: '' })
    const { code, stderr } = await command('explain', 'ORD-none')
    expect({ code, stderr }).toEqual({ code: 3, stderr: 'error  The ledger has nothing of this name.\n' })
  })
})

describe('erase', () => {
  it.each([
    ['--kind', 'refund'],
    ['--account', 'europe'],
  ])('does not erase a whole order if %s says that a part is meant', async (flag, value) => {
    const { code, stdout, stderr } = await command('erase', 'ORD-both', flag, value, '--yes')
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Give kind:account:id'),
    })
    expect((await right(shop.recorded({ kind: 'payment', account: 'europe', id: payment }))).erasedAt).toBeUndefined()
  })

  it('reports what cannot be erased yet, and why, with an exit code of its own', async () => {
    const { code, stdout, stderr } = await command('erase', 'INV-1', '--yes')
    expect({ code, stdout }).toEqual({ code: 7, stdout: expect.stringMatching(/^not yet: .+\tpayout\teurope\t/) })
    expect(stderr).toContain('stays: merchant references')
  })

  it('gives one document with --json, before and after', async () => {
    const name = `payout:europe:${(await right(shop.list({ kind: 'payout' }))).items[0]?.id}`
    const planned = documentOf(await command('erase', name, '--dry-run', '--json'))
    expect(planned).toMatchObject({ erased: [], notYet: [{ what: 'payout' }], complete: true })
    expect(documentOf(await command('erase', name, '--yes', '--json'))).toEqual(planned)
  })
})
