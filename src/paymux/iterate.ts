import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { PaymentError } from '../core/index.js'
import type { Page } from '../orchestrator/index.js'

/** What goes from page to page. */
export interface Cursor {
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined
}

/** The answers of a list, page after page, until one has no cursor. */
export async function* answersOf<Query extends Cursor, Answer>(
  list: (query: Query) => Promise<Answer>,
  query: Query,
  cursorOf: (answer: Answer) => string | undefined,
): AsyncGenerator<Answer, void, undefined> {
  for (let next = query; ; ) {
    const answer = await list(next)
    yield answer
    const cursor = cursorOf(answer)
    if (cursor === undefined) return
    next = { ...query, cursor }
  }
}

/**
 * Every entry of a list, page after page, as long as it is iterated: `list`, `listOperations` or `listEvents` of the object of
 * `paymux`, with a query of it. Gives an error of a page as its last entry.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { iterate, type Paymux } from 'paymux'
 *
 * const failed = async (ledger: Paymux): Promise<readonly string[]> => {
 *   const ids: string[] = []
 *   for await (const payment of iterate(ledger.list, { kind: 'payment', status: 'failed' }))
 *     if (E.isRight(payment)) ids.push(payment.right.id)
 *   return ids
 * }
 * ```
 */
export async function* iterate<Query extends Cursor, A>(
  list: (query?: Query) => TaskEither<PaymentError, Page<A>>,
  query: NoInfer<Query>,
): AsyncGenerator<E.Either<PaymentError, A>, void, undefined> {
  const answers = answersOf<Query, E.Either<PaymentError, Page<A>>>(
    (next) => list(next)(),
    query,
    (page) => (E.isRight(page) ? page.right.nextCursor : undefined),
  )
  for await (const page of answers) {
    if (E.isLeft(page)) yield page
    else yield* page.right.items.map((item) => E.right(item))
  }
}
