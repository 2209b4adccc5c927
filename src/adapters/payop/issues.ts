import type { Issue } from '../../core/index.js'

/** An issue, unless something holds. */
export const unless = (holds: boolean, path: string, expected: string): readonly Issue[] =>
  holds ? [] : [{ path, expected }]
