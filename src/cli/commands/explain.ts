import type { queries } from '../../paymux/promises.js'
import { CommandError, exitCodes } from '../exit.js'
import { type Run, withLedger } from '../open.js'
import { findQueryOf, isMeant, type ObjectOptions } from '../pick-object.js'

interface ExplainOptions extends ObjectOptions {
  readonly timeZone?: string
}

/** What an operator attested stands in sentences, too. */
const attestedIn = ({ steps }: queries.Story): readonly string[] =>
  steps.flatMap(({ params }) =>
    ['attestedBy', 'note'].flatMap((name) => {
      const value: unknown = Object(params)[name]
      return typeof value === 'string' ? [value] : []
    }),
  )

const maskedStory = (story: queries.Story): queries.Story => {
  const masked = (text: string): string =>
    attestedIn(story).reduce((rest, attested) => rest.replaceAll(attested, '***'), text)
  return {
    ...story,
    text: masked(story.text),
    steps: story.steps.map((step) => ({ ...step, text: masked(step.text) })),
  }
}

/** `paymux explain`: the story of an order, and what happens next. */
export const run: Run<ExplainOptions> = (invocation) =>
  withLedger(invocation, true, async (ledger) => {
    const { args, options, output } = invocation
    const { kind, ...query } = findQueryOf(args[0], options)
    const found = await ledger.explain(query, options.timeZone === undefined ? {} : { timeZone: options.timeZone })
    const stories = found
      .filter(({ subject }) => isMeant(options)(subject) && (kind === undefined || subject.kind === kind))
      .filter(({ subject }) => !('id' in query) || subject.id === query.id)
      .map((story) => (options.reveal === true ? story : maskedStory(story)))
    if (options.json === true) output.json(stories)
    else output.text(stories.map(({ text }) => `${text}\n`).join('\n'))
    if (stories.length === 0 && options.json !== true)
      throw new CommandError(exitCodes.notFound, 'The ledger has nothing of this name.')
    return stories.length === 0 ? exitCodes.notFound : exitCodes.done
  })
