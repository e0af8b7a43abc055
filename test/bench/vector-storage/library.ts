import type { Document } from '../../../src/domain'
import type { VectorSpace } from '../../../src/storage/vector-space'

export const spaceOf = (dimension: number): VectorSpace => ({
  model: 'measured/embedder-of-ordinary-name',
  dimension,
  prefix: 'passage: ',
  dtype: 'q8',
  tokenizer: '1',
})

/** As much of a document as its vectors need: that it is there, and how many passages it has. */
export const documentRecord = (hash: string, passages: number): Document => ({
  hash,
  name: `${hash}.txt`,
  type: 'text',
  bytes: 0,
  added: 0,
  collections: [],
  language: 'en',
  pages: 1,
  imagePages: [],
  passages,
  outline: [],
  locked: false,
})

export const hexHash = (name: string, at: number) => `${name}${String(at).padStart(64 - name.length, '0')}`
