import { rm } from 'node:fs/promises'
import { offencesIn } from '../../scripts/words/offences.js'
import { folderWith, runScript, writeFiles } from './fixture.js'

const wordsIn = (path: string, text: string): readonly string[] => offencesIn(path, text).map(({ word }) => word)

describe('in sources, the check of words finds', () => {
  it.each([
    ['const ring_operation = 1', ['ring_operation']],
    ['const { ringsSeen, bell } = object', ['ringsSeen', 'bell']],
    ["write({ kind: 'ring_operation' })", ['ring_operation']],
    ["type State = 'open' | 'parked'", ['parked']],
    ["log('operation.parked')", ['parked']],
    ['sql(`select next_check_at, rung_at from operations`)', ['next_check_at', 'rung_at']],
    ['// The bell rings twice.\nconst a = 1', ['bell', 'rings']],
    ['/** Limit, 3 unless told. */\nexport const limit = 3', ['unless told']],
    ['const a = 1 // It is frozen.', ['frozen']],
    ['const all = [\n  1,\n  // nobody\n]', ['nobody']],
    ['f({ ...given({ id }) })', ['given']],
    ['if (unless(isOpen, issue)) f()', ['unless']],
    ['const held: Held = takeHold(id)', ['Held', 'takeHold']],
    ['const vault = createVault(keys)', ['vault', 'createVault']],
    ['const frozen: Frozen = freeze(draft)', ['frozen', 'Frozen', 'freeze']],
    ["const effect = 'stages'", ['stages']],
    ["const log = [{ what: 'left' }]", ['left']],
    ['const { knobs, rig, memo } = options', ['knobs', 'rig', 'memo']],
    ['record(operation.operation)', ['operation.operation']],
    ['compare(reference.expected, read)', ['reference.expected']],
    ['const door = openDoor()', ['door', 'openDoor']],
    ['const gate = createGate()', ['gate', 'createGate']],
    ['interface Judgement { readonly verdict: Verdict }', ['Judgement', 'verdict', 'Verdict']],
    ['// Should the payer come back, it is paid.\nconst a = 1', ['Should the']],
    ['// It is waited for the first look.\nconst a = 1', ['the first look']],
  ])('%s', (text, words) => {
    const found = wordsIn('src/orchestrator/file.ts', text)
    for (const word of words) expect(found.some((one) => one.includes(word) || word.includes(one))).toBe(true)
    expect(found).toHaveLength(words.length)
  })

  it.each([
    ['a word that is a part of another', "const string = toLowerString('springs')"],
    ['gateways', 'const gateway: Gateway = gatewayOf(name) // The gateway delegates.'],
    ["fp-ts' either", "if (E.isLeft(a) && a._tag === 'Left') return a.left\nconst { left } = a"],
    [
      'marks and looks of ordinary English',
      '// A question mark. It looks like an IBAN, and looks the object up by key.\nconst a = 1',
    ],
    ['room for something', '// There is no room for more.'],
    ['the sealed box of libsodium', '// Encrypted in a sealed box.\nconst sealedBox = 1'],
    ['a frozen object', 'export const empty = Object.freeze({})'],
    ['a foreign key', "const sql = 'foreign key (account) references accounts'"],
    ['clauses of SQL', '// The where clause names the state.\nconst a = 1'],
    ['keys of objects', 'for (const key of Object.keys(all)) f({ key, expected: 1 })'],
    ['look-up by key', 'const { lookupByKey } = capabilities'],
    ['what is given, and unless', 'const given = f(a) // Given: three, unless (a) is.\nawait arrived.given(1)'],
    ['leaving', '// Expired links leave nothing behind.\nconst behindProxy = 1'],
    ['withdrawals', 'const withdrawn = 1 // Withdrawn.'],
    ['paths of imports', "import { a } from './told.js'"],
    [
      'the new names',
      `// Polls, records the dispatch, emits events; requires resolution; abandoned; deferred; unlisted sources.
       const names = [NotificationReceiver, createReceiver, requestRefresh, refreshRequestsSeen, OperationResult, resultOf,
         recordOutcome, omitUndefined, issueUnless, LeasedOperation, acquireLease, recordDispatch, firstDispatchedAt,
         persistRequest, PersistedRequest, context, interpretSubmission, abandoned, listUnresolved, applyEvidence,
         decideTransition, Transition, terminal, reversible, NotificationTarget, ParsedNotification, reported,
         rejectedKnownObject, pollCount, pollSchedule, nextPollAt, startNewAttempt, Encryption, encrypt, associatedData,
         catchThrown, InFlight, createInFlight, OperationCall, missingInLedger, staleInLedger, defer, requestFactory,
         requestHeaders, harness, requirement, behaviour, fromStoredJson, toStoredJson, expectedAmount,
         createStatelessProvider, createOrchestrator]
       const words = ['request_refresh', 'acquire_lease', 'creates', 'on_abandoned_attempt',
         'operation.requires_resolution', 'poll', 'new_attempt', 'deferred', 'dispatched']`,
    ],
  ])('nothing in %s', (_what, text) => {
    expect(offencesIn('src/orchestrator/file.ts', text)).toEqual([])
  })

  it('the line, the word and what to write instead', () => {
    expect(
      offencesIn('src/core/file.ts', 'const a = 1\n/**\n * A\n * bell.\n */\nconst knob = `\n\n parked`\n'),
    ).toEqual([
      { line: 4, word: 'bell', instead: expect.stringContaining('refresh request') },
      { line: 6, word: 'knob', instead: 'behaviour' },
      { line: 8, word: 'parked', instead: expect.stringContaining('listUnresolved') },
    ])
  })

  it('the name of a file or folder', () => {
    expect(wordsIn('src/orchestrator/vault.ts', '')).toEqual(['vault'])
    expect(wordsIn('src/orchestrator/told-of.ts', '')).toEqual(['told-of'])
    expect(wordsIn('src/emulators/knobs/index.ts', '')).toEqual(['knobs'])
  })

  it('in tests only what tests have no use of their own for', () => {
    const text = "it('hears what the judge told nobody', () => { for (let look = 0; look < 4; look += 1) f(parked) })"
    expect(wordsIn('test/orchestrator/file.test.ts', text)).toEqual(['parked'])
    expect(wordsIn('test/orchestrator/file.test.ts', "it('parks an operation', () => {})")).toEqual(['parks'])
  })
})

describe('in documents, the check of words finds', () => {
  it.each([
    ['Somebody has to look.', ['Somebody']],
    ['It is 3 unless told.', ['unless told']],
    ['Each room holds one thing.', ['room']],
    ['The front door of `core`.', ['door']],
    ['See `knobs` and `operation.parked`.', ['knobs', 'parked']],
    ['```ts\nconst shop = promised(provider) // nobody\n```', ['promised', 'nobody']],
    ['| the laws | of every adapter |', ['laws']],
  ])('%s', (text, words) => {
    expect([...wordsIn('docs/page.md', text)].sort()).toEqual([...words].sort())
  })

  it.each([
    'The gateway at https://shop.example/thanks answers.',
    '```ts\nconst url = "https://shop.example/thanks" // The shop.\n```',
    'The payer looks at the page, leaves, and comes back.',
    'A sealed box of libsodium.',
  ])('nothing in %s', (text) => {
    expect(offencesIn('docs/page.md', text)).toEqual([])
  })
})

describe('the script', () => {
  it('prints file, line, word and replacement, and skips decisions, proofs and reports', async () => {
    const folder = await folderWith({
      'src/index.ts': 'export const limit = 3\n',
      'docs/decisions/0001-bells.md': 'The bell rings.\n',
      'docs/proof.md': 'A decisive request.\n',
      'docs/api/paymux.api.md': 'parked\n',
      'README.md': 'Read me.\n',
    })
    try {
      expect(await runScript(folder, 'check-words.ts')).toMatchObject({
        code: 0,
        output: 'words: 2 files checked, 0 offences\n',
      })
      await writeFiles(folder, { 'SECURITY.md': 'Tell us.\n\nNobody else.\n', 'examples/shop.ts': 'const knobs = 1\n' })
      const { code, output } = await runScript(folder, 'check-words.ts')
      expect(output).toContain('SECURITY.md:3: "Nobody": write who it is: the caller,')
      expect(output).toContain('examples/shop.ts:1: "knobs": write behaviour\n')
      expect(output).toContain('words: 4 files checked, 2 offences')
      expect(code).toBe(1)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('fails where there is nothing to check', async () => {
    const folder = await folderWith({})
    expect(await runScript(folder, 'check-words.ts')).toMatchObject({ code: 1 })
    await rm(folder, { recursive: true })
  })
})
