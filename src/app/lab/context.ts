import type { AnswerAdapter, Document } from '../../domain'
import { ModelUnusable } from '../../errors'
import { databaseRunStore } from '../../lab/run-store'
import type { LabContext, Retrieve } from '../../lab/arms/context'
import type { QuestionSet } from '../../lab/question-set'
import type { RetrievalPreset } from '../../lab/run-spec'
import type { Database } from '../../storage/database'
import { getPassage } from '../../storage/passages'
import type { SearchRequest, SearchResult } from '../../threads/protocols'
import type { SearchWays } from '../searching'
import type { WriterManner } from '../writer.svelte'

/** What the Lab takes from the page. */
export interface LabSource {
  db: Database
  writer: { readonly manner: WriterManner | undefined }
  searching: {
    readonly fingerprint: string
    search(request: SearchRequest, signal: AbortSignal, ways?: SearchWays): Promise<SearchResult>
  }
  /** The documents that questions look at. */
  library: { readonly chosen: readonly Pick<Document, 'hash'>[] }
  /** Adapters on this machine that fit the model that is ready, each at its full strength. */
  adapters: () => readonly AnswerAdapter[]
}

/** How a search goes that follows a preset. */
export const waysOf = ({ meaning, reranking, query, fusion }: RetrievalPreset): SearchWays => ({
  meaning,
  reranking,
  switches: { severalQueries: query === 'several', hypotheticalAnswer: query === 'hypothetical' },
  ...(fusion && { fusion }),
})

/**
 * Everything that a run is made with, as the page is now: the model that is ready, asked as the chat asks it, and the
 * documents that the chat would look at. The model is held from here on: if another is chosen meanwhile, the run fails.
 * @throws ModelUnusable where no model is ready
 */
export function labContext(
  { db, writer, searching, library, adapters }: LabSource,
  set: QuestionSet,
  name: string,
): LabContext {
  const { manner } = writer
  if (!manner) throw new ModelUnusable({ reason: 'none' })
  const { model, revision, templates, narrow, controlTokens } = manner
  const documents = library.chosen.map(({ hash }) => hash)
  const retrieve: Retrieve = async ({ text }, preset, limit, signal) => {
    const { evidence, coverage } = await searching.search({ question: text, documents, limit }, signal, waysOf(preset))
    return { evidence, coverage }
  }
  return {
    ...{ set, name, model, revision, retrieve, documents, templates },
    index: searching.fingerprint,
    store: databaseRunStore(db),
    adapters: adapters(),
    manner: { ...(controlTokens && { controlTokens }), ...(narrow && { ...narrow, alwaysStrict: true }) },
    // A model that was trained with short passages is told no neighbours of them.
    ...(!narrow && { source: { passage: (document, ordinal) => getPassage(db, document, ordinal) } }),
  }
}
