import '../../../src/security/trusted-types'
import { connect, proxy } from '../../../src/threads/expose'
import type { IngestApi } from '../../../src/threads/protocols'
import { Random } from '../../fixtures/random'
import type { Finding, KeepingApi, Told } from './worker'

/** The app's own worker reads and commits the files; a second one keeps vectors, removes documents and compacts. */
const ingesting = connect<IngestApi>(
  new Worker(new URL('../../../workers/ingest.ts', import.meta.url), { type: 'module' }),
)
const keeping = connect<KeepingApi>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }))

declare global {
  /** Put there by kill.ts: takes what is on the disk from now on. */
  function tell(told: Told): Promise<void>
}

/** A text of both languages that no other document has, of some to some hundreds of passages. */
function write(random: Random, title: string): File {
  const sections = random.chance(0.1) ? random.integer(200, 400) : random.integer(3, 40)
  const parts = Array.from({ length: sections }, (_, at) => {
    const number = random.integer(0, 1e9)
    return `## Section ${at}\n\nOf ${title}, number ${number}: nothing of it may be lost.\n\n第${number}条 この文は失われてはならない。`
  })
  return new File([`# ${title}\n\n${parts.join('\n\n')}\n`], `${title}.md`, { type: 'text/markdown' })
}

/** Adds documents, with their vectors, until the browser is killed. */
async function addForever(collection: string, seed: number): Promise<void> {
  const random = new Random(seed)
  void keeping.compactForever(proxy(tell))
  const hashes: string[] = []
  for (let at = 0; ; at++) {
    const file = write(random, `${seed}-${at}`)
    const request = { file, name: file.name, collection }
    const { document } = await ingesting.ingest(
      request,
      proxy(() => undefined),
      new AbortController().signal,
    )
    await tell({ ingested: document.hash })
    await keeping.keep(document.hash, proxy(tell))
    hashes.push(document.hash)
    if (random.chance(0.2)) {
      const [removed] = hashes.splice(random.integer(0, hashes.length - 1), 1)
      await keeping.remove(removed!, proxy(tell))
    }
  }
}

/** Called by kill.ts through Playwright. */
Object.assign(globalThis, {
  prepare: () => keeping.prepare(),
  addForever: (collection: string, seed: number) => void addForever(collection, seed),
  find: (): Promise<Finding> => keeping.find(),
})
