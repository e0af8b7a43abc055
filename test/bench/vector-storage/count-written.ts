/** What was put into IndexedDB. */
export interface Written {
  records: number
  bytes: number
}

/**
 * Counts the bytes of every record that this thread puts, key included: buffers by their length, everything else by its
 * JSON text, which is longer than the browser's own serialisation.
 */
export function countWritten(): { pause(): void; resume(): void; end(): Written } {
  const written: Written = { records: 0, bytes: 0 }
  let counting = true
  const { put } = IDBObjectStore.prototype
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
    if (counting) {
      const path = this.keyPath ?? []
      const inline = [path].flat().map((name) => (value as Record<string, unknown>)[name])
      written.records++
      written.bytes += sizeOf(value) + sizeOf(key ?? inline)
    }
    return put.call(this, value, ...(key === undefined ? [] : [key]))
  }
  return {
    pause: () => void (counting = false),
    resume: () => void (counting = true),
    end() {
      IDBObjectStore.prototype.put = put
      return written
    },
  }
}

/** Bytes of a value: those of its buffers, and its JSON text. */
export function sizeOf(value: unknown): number {
  let buffers = 0
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (!ArrayBuffer.isView(item)) return item
    buffers += item.buffer.byteLength
    return ''
  })
  return buffers + text.length
}
