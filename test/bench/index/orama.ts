import { create, insertMultiple, load, save, searchVector, type RawData } from '@orama/orama'
import { type Contestant, DIMENSION } from './contestant'
import { loadValue, saveValue } from './one-value'
import { eachRow } from './rows'

const NAME = 'orama'

export function orama(): Contestant {
  const database = create({ schema: { embedding: `vector[${DIMENSION}]` } as const })
  return {
    async build(vectors) {
      const documents = eachRow(vectors).map((vector, row) => ({ id: String(row), embedding: Array.from(vector) }))
      await insertMultiple(database, documents, 1000)
    },
    async search(query, limit) {
      // Its own threshold, .8, would silently leave hits out.
      const vector = { value: Array.from(query), property: 'embedding' }
      const { hits } = await searchVector(database, { mode: 'vector', vector, similarity: -1, limit })
      return hits.map(({ id }) => Number(id))
    },
    async save() {
      const text = JSON.stringify(save(database))
      await saveValue(NAME, text)
      return text.length
    },
    async load() {
      load(database, JSON.parse((await loadValue(NAME)) as string) as RawData)
    },
  }
}
