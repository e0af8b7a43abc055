/** Files on their way from the share sheet, which the service worker receives, to the page, which takes them. */
const CACHE = 'fumikura-shared'
const NAME = 'x-file-name'

/** In the service worker: keeps the files until a page takes them. */
export async function keepSharedFiles(files: File[]): Promise<void> {
  const cache = await caches.open(CACHE)
  for (const file of files) {
    const headers = { 'content-type': file.type, [NAME]: encodeURIComponent(file.name) }
    await cache.put(`/shared/${crypto.randomUUID()}`, new Response(file, { headers }))
  }
}

/** On the page: takes what was shared, in the order of arrival; each file is handed out once. */
export async function takeSharedFiles(): Promise<File[]> {
  if (!(await caches.has(CACHE))) return []
  const cache = await caches.open(CACHE)
  const files: File[] = []
  for (const request of await cache.keys()) {
    const response = await cache.match(request)
    // Two tabs may be taking at once: only the one that removes the entry has it.
    if (!response || !(await cache.delete(request))) continue
    const name = decodeURIComponent(response.headers.get(NAME) ?? '')
    files.push(new File([await response.blob()], name, { type: response.headers.get('content-type') ?? '' }))
  }
  return files
}
