import type { DenseRetriever } from '../../src/retrieval/dense'

/** Embeds the passages of a pool (all of one document "pool", in order) and searches them. */
export type PoolEmbedder = (paragraphs: readonly string[]) => Promise<DenseRetriever>

/** The embedder that evaluations run with; undefined where none is installed beside the checkout. */
export const installedEmbedder = (): PoolEmbedder | undefined => undefined
