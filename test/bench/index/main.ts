import { connect } from '../../../src/threads/expose'
import type { IndexBenchApi, Task } from './worker'

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const bench = connect<IndexBenchApi>(worker)

/** Called by index.ts through Playwright. */
Object.assign(globalThis, { measureIndexes: (task: Task) => bench.measure(task) })
