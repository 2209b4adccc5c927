/** A word that has another name now, or a phrase that the documents do without. */
export interface Rule {
  /** What to write instead. */
  readonly instead: string
  /** Words that no name may contain: `ring` is in `ringOperation` and in `ring_operation`, and not in `string`. */
  readonly words?: readonly string[]
  /** Whole names. */
  readonly names?: RegExp
  /** Whole names, where they are members of an object. */
  readonly properties?: RegExp
  /** Whole strings: states, log entries, effects. */
  readonly strings?: readonly string[]
  /** In comments, strings, titles of tests and prose. */
  readonly text?: RegExp
  /** In lines of code. */
  readonly code?: RegExp
  /** What is no offence. Looked for in a text, and in the twenty characters before and after a name. */
  readonly allowed?: RegExp
  /** The files it is for; all if left out. */
  readonly files?: RegExp
}

/** What users read. Tests, benches and scripts may use some of the words for things of their own. */
const published = /^(src\/|docs\/|examples\/|[A-Z]+\.md$)/

/** The names and phrases that are not written any more, and what is written instead. */
export const rules: readonly Rule[] = [
  {
    instead: 'module, layout, entry point',
    words: ['room', 'rooms', 'house', 'houses', 'door', 'doors'],
    text: /\b(rooms?|houses?|doors?)\b/gi,
    allowed:
      /\b(const|let) room\b|\(room\)|\b(no|is|enough|more) room\b|\broom (for|to|left)\b|\bhouse number\b|\bclearing house\b/gi,
  },
  {
    instead: 'NotificationReceiver, createReceiver, rejectingReceiver',
    names: /^(Door|openDoor|closedDoor)$/,
  },
  {
    instead: 'refresh request: requestRefresh, request_refresh, refreshRequests, refreshRequestsSeen',
    words: ['bell', 'bells', 'ring', 'rings', 'rung', 'rang', 'ringing'],
    text: /\b(bells?|rings?|rung|rang|ringing)\b/gi,
    allowed: /\bkey ?rings?\b|\bring buffers?\b/gi,
  },
  {
    instead: 'OperationResult, resultOf, emit, buildEvents',
    words: ['told', 'tell', 'tells', 'telling'],
    text: /\b(events?|outcomes?|results?|subscribers?|callers?) (is|are|was|were|be|been) told\b/gi,
    files: published,
  },
  { instead: 'OperationResult, resultOf', names: /^(Told\w*|toldOf|toldOperation)$/ },
  { instead: 'recordOutcome', words: ['heard', 'hear', 'hears'], files: /^(src|docs)\// },
  { instead: 'omitUndefined', code: /(?<![\w$]|[^.]\.)given\(/g },
  { instead: 'issueUnless', code: /(?<![\w$]|[^.]\.)unless\(/g },
  {
    instead: 'LeasedOperation, acquireLease, acquire_lease',
    names: /^(Held|[tT]akeHold|take_hold|takesHold|[tT]akeOver|takesOver|take_over|taken_over|takenOver)$/,
  },
  {
    instead: 'record the dispatch: recordDispatch, dispatchCount, dispatched, firstDispatchedAt',
    names: /^(marks?|marking|markAgain|unmarked)$/,
    words: ['marked', 'marks'],
    strings: ['marked'],
    text: /\b(first|last|second|own|attempt's|worker's|under (any|a|the)|before (any|a|the)|after (any|a|the)) marks?\b|\bmark(s|ed|ing)? (an?|the|its|each|every) attempts?\b|\battempts? (is|are|was|were|be) marked\b/gi,
    // Benches set marks of their own in time.
    files: /^(?!bench\/)/,
  },
  {
    instead: 'persistRequest, PersistedRequest',
    words: ['freeze', 'freezes', 'freezing', 'froze', 'frozen'],
    text: /\b(freez(e|es|ing)|froze|frozen)\b/gi,
    allowed: /\b(Object|Reflect)\s*\.\s*(freeze|isFrozen)\b/g,
    // The clock of an emulator can be frozen.
    files: /^(?!.*emulators)(src\/|docs\/|examples\/|[A-Z]+\.md$)/,
  },
  {
    instead: 'persistRequest, PersistedRequest',
    names: /^(Frozen|freeze|frozenFor)$/,
    allowed: /\bObject\s*\.\s*freeze\b/g,
  },
  { instead: 'submission', words: ['decisive'], text: /\bdecisive(ly)?\b/gi },
  {
    instead: "the effect 'creates'",
    words: ['staged'],
    names: /^(stages|unstaged)$/,
    strings: ['stages'],
    text: /\bstaged\b|\bstages (an?|the|something|nothing|no)\b/gi,
  },
  { instead: 'context', words: ['memo', 'memos'], text: /\bmemos?\b/gi },
  {
    instead: 'interpret, interpretSubmission',
    names: /^(concludes?|concluding|concludeWith|concludeSubmission)$/,
    // There, a bank concludes a payment.
    files: /^(?!.*emulators)/,
  },
  {
    instead: 'abandoned, on_abandoned_attempt',
    words: ['orphan', 'orphans', 'orphaned'],
    text: /\borphan(s|ed)?\b/gi,
    allowed: /\borphan(ed)? process(es)?\b/gi,
  },
  {
    instead: 'requires resolution: listUnresolved, operation.requires_resolution',
    words: ['park', 'parks', 'parked', 'parking', 'unparked'],
    text: /\b(un)?park(s|ed|ing)?\b/gi,
  },
  {
    instead: 'applyEvidence, decideTransition, Transition',
    words: ['weigh', 'weighs', 'weighed', 'judge', 'judges', 'judged', 'judgement', 'judgment', 'verdict', 'verdicts'],
    text: /\b(weigh(s|ed|ing)?|judg(e|es|ed|ing)|judge?ments?|verdicts?)\b/gi,
    files: published,
  },
  { instead: 'applyEvidence, decideTransition, Transition', names: /^(judge|[jJ]udgement|weigh|weighAgainst)$/ },
  {
    instead: 'terminal, reversible',
    names: /^(firm|soft|isFirm|isSoft|firmEnds?|softEnds?)$/,
    strings: ['firm', 'soft'],
    text: /\b(firm|soft)(er)? (ends?|ones?|states?|status(es)?)\b/gi,
  },
  {
    instead: 'NotificationTarget, ParsedNotification',
    words: ['notice', 'notices'],
    // Not `hints`: Node's DNS has an option of that name.
    names: /^([hH]int|Hints)$/,
    allowed: /\bon\(\s*'notice'/g,
  },
  {
    instead: 'reported (jobs are acquired, idempotency keys are claimed)',
    properties: /^claimed$/,
    files: /^src\/(adapters|webhooks|core)\//,
  },
  {
    instead: 'unlisted source, rejectedKnownObject',
    words: ['stranger', 'strangers', 'foreign'],
    text: /\b(strangers?|foreign)\b|\bturn(s|ed|ing)? away\b/gi,
    allowed: /\bforeign[ _]?keys?(_check)?\b|\bforeign (currenc(y|ies)|effects?)\b|\bforeign_\d\w*/gi,
    files: published,
  },
  { instead: 'rejectedKnownObject, isUnlisted', names: /^(turnAway|turnsAway|turnedAway|turned_away|isForeign)$/ },
  {
    instead: 'poll, pollCount, pollSchedule',
    names: /^(look_up|looked_up|lookUpSchedule|LOOK_UP_MS|afterLookUp|nextLook|lookAgain)$/,
  },
  {
    instead: 'poll, read',
    text: /\b(a|the|each|every|next|first|last|one|another|no|whose|later|further) looks?\b/gi,
    files: published,
  },
  { instead: 'poll', names: /^look(s|ed)?$/, files: /^src\/(core|ledger|orchestrator|webhooks|paymux)\// },
  { instead: 'pollCount', properties: /^checks$/, files: /^(src|test)\/(ledger|orchestrator)\// },
  { instead: 'nextPollAt, nextReadAt', names: /^(nextAt|nextCheckAt|next_at|next_check_at)$/ },
  { instead: 'new_attempt, startNewAttempt', names: /^(startOver|start_over|startsOver|startedOver|started_over)$/ },
  {
    instead: 'Encryption, encrypt, decrypt, associatedData',
    words: ['vault', 'vaults', 'seal', 'seals', 'sealed', 'sealing', 'unseal', 'unsealed'],
    names: /^placeOf$/,
    text: /\b(vaults?|(un)?seal(s|ed|ing)?)\b/gi,
    allowed: /\bsealed[ _-]?box(es)?\b|\bHashiCorp Vault\b/gi,
    // Payop takes payouts in a sealed box of libsodium's.
    files: /^(?!.*(payop|plain-data))/,
  },
  { instead: 'catchThrown', names: /^contained$/ },
  { instead: 'InFlight, createInFlight', words: ['gate', 'gates'], text: /\bgates?\b/gi, files: published },
  { instead: 'InFlight, createInFlight', names: /^(Gate|createGate)$/ },
  {
    instead: "OperationCall; the caller's …Request",
    words: ['wish', 'wishes'],
    text: /\bwish(es)?\b/gi,
    files: published,
  },
  { instead: 'OperationCall', names: /^Asked\w*$/ },
  {
    instead: 'missingInLedger, staleInLedger',
    names: /^(isBehind|unrecorded)$/,
    properties: /^(unrecorded|behind)$/,
    strings: ['unrecorded', 'behind'],
    files: /^(docs\/|README|examples\/|(src|test)\/(orchestrator|paymux)\/)/,
  },
  { instead: 'defer, deferred', names: /^leave$/, strings: ['left', 'leave'], files: /^src\// },
  {
    instead: 'weighted shuffle',
    words: ['draw', 'draws', 'drawn', 'drew', 'drawing'],
    text: /\b(draws?|drawn|drew)\b/gi,
    files: published,
  },
  {
    instead: 'requestFactory',
    words: ['opener', 'openers'],
    text: /\bopeners?\b/gi,
    files: /^(src|test)\/transport\//,
  },
  { instead: 'requestHeaders', names: /^([hH]ead|headOf)$/, files: /^src\/transport\// },
  {
    instead: 'harness, requirement',
    words: ['rig', 'rigs', 'clause', 'clauses', 'law', 'laws'],
    text: /\b(rigs?|clauses?|laws?)\b/gi,
    allowed: /\b(heritage|import|export|catch|SQL|where|set|on conflict|returning) ?clauses?\b/gi,
  },
  { instead: 'behaviour', words: ['knob', 'knobs'], text: /\bknobs?\b/gi },
  { instead: 'operation.name', code: /\boperation\.operation\b/g },
  { instead: 'fromStoredJson, toStoredJson', names: /^(requestOf|requestJson)$/, files: /^src\// },
  { instead: 'expectedAmount', properties: /^expected$/, files: /^src\/(core\/reference|ledger\/records)/ },
  { instead: 'expectedAmount', code: /\b\w*[rR]eference\.expected\b/g },
  { instead: 'createStatelessProvider, createOrchestrator', names: /^(stateless|orchestrated)$/ },
  { instead: 'the entry point paymux/promises', names: /^(promised|Promised\w*)$/ },
  { instead: '"Default: …"', text: /\bunless told\b/gi },
  {
    instead: 'who it is: the caller, the payer, the gateway, the worker, an operator',
    text: /\b(nobody|somebody|whoever|whomever|anybody|everybody|someone|anyone|is none)\b/gi,
    files: published,
  },
  {
    instead: 'the condition after the result: "…, if …"',
    text: /(?<=^\s*|[.:;*/] +)Should (the|an?|it|this|that|any|some\w*|one|there)\b/g,
    files: published,
  },
]
