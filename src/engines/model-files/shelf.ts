/** Files of models that were read and verified before, kept by this browser. */
export interface Shelf {
  get(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** False where the browser has no room: the model then runs from memory and is read again next time. */
  put(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>
  /** Forgets all files of the model. */
  clear(): Promise<void>
}

const CACHE = 'fumikura-models'

/**
 * The shelf of one model in the Cache API, which writes a file whole or not at all.
 * @param model names the model and its version; files of different versions never mix
 */
export function shelfOf(model: string): Shelf {
  const folder = `${globalThis.location.origin}/${CACHE}/${encodeURIComponent(model)}/`
  return {
    get: async (path) => {
      const kept = await (await caches.open(CACHE)).match(folder + path)
      return kept && new Uint8Array(await kept.arrayBuffer())
    },
    put: async (path, bytes) => {
      const cache = await caches.open(CACHE)
      return cache.put(folder + path, new Response(bytes)).then(
        () => true,
        () => false,
      )
    },
    clear: async () => {
      const cache = await caches.open(CACHE)
      const kept = (await cache.keys()).filter(({ url }) => url.startsWith(folder))
      await Promise.all(kept.map((request) => cache.delete(request)))
    },
  }
}
