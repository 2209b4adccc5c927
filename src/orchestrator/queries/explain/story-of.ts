import { omitUndefined } from '../../../core/index.js'
import { nextOf } from './next.js'
import { stepsOf } from './steps.js'
import type { Facts, Story, StoryStep } from './story.js'
import { headlineOf, moneyOf, subjectOfFacts } from './subject.js'
import { written } from './texts.js'
import { createWording, type Reader, type Wording } from './wording.js'

/** The accounts that a story is about. */
const accountsOf = ({ object, view }: Facts): readonly string[] => [
  ...new Set([
    ...(object === undefined ? [] : [object.account]),
    ...(view === undefined ? [] : view.operation.accounts),
    ...(view === undefined ? [] : view.attempts.map(({ account }) => account)),
  ]),
]

/** The steps as lines. A time has its date where more than an hour, or midnight, lies before it. */
const linesOf = (steps: readonly StoryStep[], { date, time }: Wording): readonly string[] =>
  steps.map(({ at, text }, index) => {
    const before = steps[index - 1]
    return `${before === undefined ? date(at) : time(at, before.at)}  ${text}`
  })

const moneyLines = ({ money }: Pick<Story, 'money'>): readonly string[] => {
  if (money?.captured === undefined) return []
  const { captured, refunded, reserved, refundable } = money
  const parts = [
    `${written(captured)} captured`,
    ...(refunded === undefined ? [] : [`${written(refunded)} refunded`]),
    ...(reserved === undefined ? [] : [`${written(reserved)} reserved for refunds`]),
    ...(refundable === undefined ? [] : [`${written(refundable)} can be refunded`]),
  ]
  return [`Money: ${parts.join(', ')}.`]
}

const textOf = (story: Omit<Story, 'text'>, wording: Wording): string =>
  [
    story.headline,
    `Times are in ${story.timeZone}.`,
    '',
    ...linesOf(story.steps, wording),
    '',
    ...moneyLines(story),
    `Next: ${story.next.text}`,
  ].join('\n')

/** The story of what the ledger has of one object, or of an operation that has none. `undefined` if it has neither. */
export const storyOf = (facts: Facts, reader: Reader): Story | undefined => {
  const subject = subjectOfFacts(facts)
  if (subject === undefined) return undefined
  const { object, related } = facts
  const wording = createWording(reader, accountsOf(facts))
  const story = {
    subject,
    headline: headlineOf(facts, subject, wording),
    steps: stepsOf(facts, wording),
    next: nextOf(facts, wording),
    ...omitUndefined({ money: object?.kind === 'payment' ? moneyOf(object) : undefined }),
    related: related.flatMap((one) => subjectOfFacts(one) ?? []),
    timeZone: reader.timeZone,
  }
  return { ...story, text: textOf(story, wording) }
}
