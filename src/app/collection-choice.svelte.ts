import type { Collection, CollectionId, Language } from '../domain'
import type { Database } from '../storage/database'
import { createCollection, deleteCollection, listCollections, renameCollection } from '../storage/collections'
import { getSetting, setSetting } from '../storage/settings'
import { coalesce } from './coalesce'

/** The collections and which of them is open. */
export class CollectionChoice {
  list = $state.raw<readonly Collection[]>([])
  #id = $state<CollectionId | undefined>()
  readonly #db: Database

  /** The open one; the oldest where the one that was open is gone; undefined when there is none yet. */
  readonly current = $derived(this.list.find((collection) => collection.id === this.#id) ?? this.list[0])

  constructor(db: Database) {
    this.#db = db
  }

  async load(): Promise<void> {
    this.#id = await getSetting(this.#db, 'selectedCollection')
    await this.refresh()
  }

  readonly refresh = coalesce(async () => {
    this.list = await listCollections(this.#db)
  })

  select(id: CollectionId): void {
    this.#id = id
    void setSetting(this.#db, 'selectedCollection', id).catch(() => undefined)
  }

  /** Makes a collection and opens it; a sample that is there already is opened. */
  async create(name: string, sample?: Language): Promise<Collection> {
    const collection = await createCollection(this.#db, name, sample)
    await this.refresh()
    this.select(collection.id)
    return collection
  }

  async rename(id: CollectionId, name: string): Promise<void> {
    await renameCollection(this.#db, id, name)
    await this.refresh()
  }

  async remove(id: CollectionId): Promise<void> {
    await deleteCollection(this.#db, id)
    await this.refresh()
  }
}
