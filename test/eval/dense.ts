import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { DocumentHash } from '../../src/domain'
import { catalogue, weightOf, type Embedder } from '../../src/engines/embedding/catalogue'
import { loadInNode } from '../fixtures/encoder-in-node'
import { embed } from '../../src/engines/embedding/embed'
import type { EncoderModel } from '../../src/engines/encoder/model'
import type { ReadyEncoder } from '../../src/engines/encoder/run'
import type { DenseRetriever } from '../../src/retrieval/dense'
import type { Found } from '../../src/retrieval/selection'
import { ExactVectorIndex } from '../../src/retrieval/vector/exact-index'
import { quantize, storedScore } from '../../src/retrieval/vector/quantize'
import type { QuantizedVectors } from '../../src/retrieval/vector/vector-index'

/** Embeds the texts of documents (row i is the passage with ordinal i) and searches them. */
export type EmbedDocuments = (documents: ReadonlyMap<DocumentHash, readonly string[]>) => Promise<DenseRetriever>

export interface InstalledEmbedder {
  embedder: Embedder
  embedDocuments: EmbedDocuments
}

const starter = 'models/starter/embedder'

/**
 * The embedder that evaluations run with: the starter embedder, or the one whose folder FUMIKURA_EMBEDDER names; the folder is
 * called after its id in models/embedders.json ("…/multilingual-e5-small"), with the files laid out as the catalogue says, or it
 * has an entry of its own (entry.json), as models/recipes/encoder writes it.
 */
export async function installedEmbedder(): Promise<InstalledEmbedder> {
  const named = process.env['FUMIKURA_EMBEDDER']
  const folder = resolve(named ?? starter)
  const id = named ? basename(folder) : 'fumikura-starter'
  const embedder = ownEntry<Embedder>(folder) ?? catalogue.find((each) => each.id === id)
  if (!embedder) throw new Error(`FUMIKURA_EMBEDDER: models/embedders.json has no "${id}"`)
  const ready = await loadInNode(embedder, folder)
  return { embedder, embedDocuments: (documents) => retrieverOf(ready, documents) }
}

/** What a folder says of the model in it, in place of a catalogue; undefined where it says nothing. */
export function ownEntry<Model extends EncoderModel>(folder: string): Model | undefined {
  const path = join(folder, 'entry.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Model) : undefined
}

const never = new AbortController().signal

async function retrieverOf(
  ready: ReadyEncoder<Embedder>,
  documents: ReadonlyMap<DocumentHash, readonly string[]>,
): Promise<DenseRetriever> {
  const { id, dimension } = ready.model
  const index = new ExactVectorIndex(dimension)
  const kept = new Map<DocumentHash, QuantizedVectors>()
  for (const [document, texts] of documents) {
    const vectors = quantize(await embed(ready, texts, 'passage', never), dimension)
    index.add(document, vectors)
    kept.set(document, vectors)
  }
  return {
    id,
    weight: weightOf(ready.model),
    search: async (question, { documents: among, limit }, signal): Promise<Found> => {
      const query = await embed(ready, [question], 'query', signal)
      const searched = among.flatMap((document) => kept.get(document) ?? [])
      const hits = index.search(query, { documents: among, limit })
      return {
        hits: hits.map((hit) => ({ ...hit, coverage: hit.score })),
        passages: searched.reduce((sum, { scales }) => sum + scales.length, 0),
        measure: ({ document, ordinal }) => {
          const vectors = among.includes(document) ? kept.get(document) : undefined
          if (!vectors || ordinal >= vectors.scales.length) return undefined
          const score = storedScore(vectors, ordinal, query)
          return { score, coverage: score }
        },
      }
    },
  }
}
