import { expose } from '../../../src/threads/expose'
import type { IndexApi } from '../../../src/threads/protocols'

const coverage = { passagesRead: 0, passagesSearched: 3, documentsRead: 0, documentsSearched: 1 }

/** An index that dies while it searches, if it is named so. */
const index: IndexApi = {
  sync: async () => ({ documents: 1, passages: 3, rebuilt: 0 }),
  loadVectors: async () => undefined,
  search: () => {
    if (self.name !== 'mortal') return Promise.resolve({ evidence: [], coverage })
    setTimeout(() => {
      throw new Error('out of memory')
    })
    return new Promise(() => undefined)
  },
}

expose(index)
