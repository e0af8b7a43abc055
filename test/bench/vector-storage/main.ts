import '../../../src/security/trusted-types'
import { connect } from '../../../src/threads/expose'
import type { VectorStorageApi } from './worker'

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })

/** Called by vector-storage.ts through Playwright. */
Object.assign(globalThis, { storage: connect<VectorStorageApi>(worker) })
