import type { QuestionSet } from '../question-set'

/**
 * The question sets that come with the app, all written for it: one on the sample documents of each language, with addresses
 * in them, and one of general knowledge that an adapter must not forget. Loaded when they are asked for.
 */
const loaders = {
  'lantern-row': () => import('./lantern-row.json'),
  'minamo-do': () => import('./minamo-do.json'),
  'general-en': () => import('./general-en.json'),
  'general-ja': () => import('./general-ja.json'),
} as const

export type BundledSetId = keyof typeof loaders

export const bundledSetIds = Object.keys(loaders) as BundledSetId[]

/** A set that comes with the app. Its id is kept in the library like that of any other. */
export async function loadBundledSet(id: BundledSetId): Promise<QuestionSet> {
  const { default: set } = await loaders[id]()
  return set as unknown as QuestionSet
}
