import '../../../src/security/trusted-types'
import { connect } from '../../../src/threads/expose'
import type { ReadingApi } from './worker'

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const reading = connect<ReadingApi>(worker)

/** Called by ingest.ts through Playwright. */
Object.assign(globalThis, { readBook: (url: string) => reading.read(url) })
