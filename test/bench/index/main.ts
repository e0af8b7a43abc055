import { connect } from '../../../src/threads/expose'
import type { IndexBenchApi } from './worker'

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })

/** Called by browser.ts through Playwright. */
Object.assign(globalThis, { indexes: connect<IndexBenchApi>(worker) })
