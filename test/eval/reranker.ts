import { basename, resolve } from 'node:path'
import { catalogue, type CrossEncoder } from '../../src/engines/reranking/catalogue'
import { score } from '../../src/engines/reranking/score'
import type { Reranker } from '../../src/retrieval/rerank'
import { loadInNode } from '../fixtures/encoder-in-node'
import { ownEntry } from './dense'

/**
 * The cross-encoder whose folder FUMIKURA_RERANKER names; undefined where none is named. The folder is called after its id in
 * models/rerankers.json, with the files laid out as the catalogue says, or it has an entry of its own (entry.json).
 */
export async function installedReranker(): Promise<Reranker | undefined> {
  const named = process.env['FUMIKURA_RERANKER']
  if (!named) return undefined
  const folder = resolve(named)
  const model = ownEntry<CrossEncoder>(folder) ?? catalogue.find(({ id }) => id === basename(folder))
  if (!model) throw new Error(`FUMIKURA_RERANKER: models/rerankers.json has no "${basename(folder)}"`)
  const ready = await loadInNode(model, folder)
  return { id: model.id, score: (question, texts, signal) => score(ready, question, texts, signal) }
}
