import type { AnswerAdapter, CollectionId, ConversationSummary, DocumentHash, Language } from '../domain'
import type { AdapterEntry } from '../engines/llm/adapters/catalogue'
import type { LlmEntry } from '../engines/llm/catalogue'
import type { AdviserAnswers } from '../lab/adviser/adviser'
import type { Prices, Usage } from '../lab/cost'
import type { FusionMethod } from '../retrieval/fuse'
import type { VectorIndexKind } from '../retrieval/vector/create-index'
import { announce } from './changes'
import type { Database } from './database'
import { write } from './transaction'

/** The small facts that the page remembers. Absent: the default of the part that asks. */
export interface Settings {
  theme: 'light' | 'dark' | 'system'
  /** Absent: taken from the browser's languages. */
  language: Language
  selectedCollection: CollectionId
  /** Width of each side pane in CSS pixels, and which panes are folded away. */
  panes: { library: number; reader: number; hidden: ('library' | 'chat' | 'reader')[] }
  /** Shortcuts of one key alone (WCAG 2.1.4 wants them to be switched off). Absent: on. */
  singleKeys: boolean
  /** Zoom of the reader: a factor, or fitted to the pane. */
  zoom: number | 'width' | 'page'
  /** Id of the model that searches by meaning. Absent: none was chosen. */
  embedder: string
  /** Passages are not embedded in the background until the person goes on. */
  embeddingPaused: boolean
  /** What is done with a question before it is searched. Absent: follow-ups are rewritten, and nothing else. */
  questions: { rewriteFollowUps: boolean; severalQueries: boolean; hypotheticalAnswer: boolean }
  /** For developers: the index of vectors, and how the lists of all ways of searching become one. Absent: the defaults. */
  vectorIndex: VectorIndexKind
  fusion: FusionMethod
  /** Id of the cross-encoder that reads the best passages again. Absent: none. */
  reranker: string
  /** Id of the language model that writes answers. Absent: the one that comes with the page; `none`: answers are quoted. */
  llm: string
  /** Language models from the person's own disk. */
  ownLlms: LlmEntry[]
  /** Names of the adapters that came with the page and were brought here; one that is deleted stays in the list. */
  servedAdapters: string[]
  /** LoRA adapters that the person has added. */
  ownAdapters: AdapterEntry[]
  /** A model may add what it knows to what the documents say. Absent: it may not. */
  openAnswers: boolean
  /** Prompt texts that the person has put in the place of ours, by their names. */
  templates: Partial<Record<Language, Record<string, string>>>
  /** Address of a host that serves models in place of huggingface.co. */
  mirror: string
  /** What models gave on graphics processors beside wasm (lowest cosine), by model and adapter. */
  deviceVerdicts: Record<string, number>
  /** Prices and amounts of the Lab's table of costs. Absent: the article's example. */
  labCosts: { prices: Prices; usage: Usage; currency: 'USD' | 'EUR' | 'GBP' | 'JPY' | 'CNY' | 'KRW' }
  /** Answers to the Lab's six questions. Absent: none is answered. */
  labAdvice: AdviserAnswers
}

/** Key of the list of documents that questions in a collection leave out. */
export const excludedKey = (collection: CollectionId): string => `excluded/${collection}`

/** Key of what a model remembers of a collection's earlier turns. */
export const summaryKey = (collection: CollectionId): string => `summary/${collection}`

const ADAPTERS = 'adapters/'

/** Key of the adapters that a collection's chat begins with. */
export const adaptersKey = (collection: CollectionId): string => `${ADAPTERS}${collection}`

export async function getSetting<Key extends keyof Settings>(
  db: Database,
  key: Key,
): Promise<Settings[Key] | undefined> {
  return (await db.get('settings', key)) as Settings[Key] | undefined
}

export async function setSetting<Key extends keyof Settings>(
  db: Database,
  key: Key,
  value: Settings[Key] | undefined,
): Promise<void> {
  await put(db, key, value)
}

/** The documents whose checkbox is off in a collection. */
export async function getExcluded(db: Database, collection: CollectionId): Promise<DocumentHash[]> {
  return ((await db.get('settings', excludedKey(collection))) as DocumentHash[] | undefined) ?? []
}

export const setExcluded = (db: Database, collection: CollectionId, hashes: readonly DocumentHash[]): Promise<void> =>
  put(db, excludedKey(collection), hashes.length ? [...hashes] : undefined)

/** The adapters that each collection's chat begins with; collections that begin without any are left out. */
export async function getCollectionAdapters(db: Database): Promise<Map<CollectionId, readonly AnswerAdapter[]>> {
  const range = IDBKeyRange.bound(ADAPTERS, `${ADAPTERS}\uffff`)
  const { store } = db.transaction('settings')
  const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)])
  return new Map(keys.map((key, at) => [key.slice(ADAPTERS.length), values[at] as readonly AnswerAdapter[]]))
}

export const setCollectionAdapters = (
  db: Database,
  collection: CollectionId,
  adapters: readonly AnswerAdapter[],
): Promise<void> => put(db, adaptersKey(collection), adapters.length ? [...adapters] : undefined)

/** What a model remembers of the turns that no longer fit into its context. */
export const getSummary = async (db: Database, collection: CollectionId): Promise<ConversationSummary | undefined> =>
  (await db.get('settings', summaryKey(collection))) as ConversationSummary | undefined

/** Keeps a summary, unless its collection has been deleted meanwhile, or one of the turns that it tells. */
export async function saveSummary(db: Database, summary: ConversationSummary): Promise<void> {
  await write(db, ['settings', 'turns'], 'relaxed', async (transaction) => {
    const turns = transaction.objectStore('turns')
    const keys = await Promise.all(summary.turns.map((id) => turns.getKey(id)))
    if (keys.every((key) => key !== undefined))
      await transaction.objectStore('settings').put(summary, summaryKey(summary.collection))
  })
}

async function put(db: Database, key: string, value: unknown): Promise<void> {
  await write(db, ['settings'], 'relaxed', async (transaction) => {
    if (value === undefined) await transaction.objectStore('settings').delete(key)
    else await transaction.objectStore('settings').put(value, key)
  })
  announce(db, { what: 'settings' })
}
