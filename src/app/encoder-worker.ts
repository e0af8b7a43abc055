import type { Verdicts } from '../engines/encoder/owner'
import type { Database } from '../storage/database'
import { getSetting, setSetting } from '../storage/settings'
import type { EmbedApi, RerankApi } from '../threads/protocols'
import { RestartableWorker } from './restartable-worker'

/** A worker for vectors; each call gives another. */
export const embedWorker = (): RestartableWorker<EmbedApi> =>
  new RestartableWorker<EmbedApi>(
    () => new Worker(new URL('../../workers/embed.ts', import.meta.url), { type: 'module', name: 'embed' }),
  )

/** A worker for reading question and passage together; each call gives another. */
export const rerankWorker = (): RestartableWorker<RerankApi> =>
  new RestartableWorker<RerankApi>(
    () => new Worker(new URL('../../workers/rerank.ts', import.meta.url), { type: 'module', name: 'rerank' }),
  )

/** What self-tests found on this machine. One that cannot be kept is made again at the next start. */
export const deviceVerdicts = (db: Database): Verdicts => ({
  get: async (key) => (await getSetting(db, 'deviceVerdicts'))?.[key],
  set: async (key, agreement) => {
    const verdicts = await getSetting(db, 'deviceVerdicts')
    await setSetting(db, 'deviceVerdicts', { ...verdicts, [key]: agreement }).catch(() => undefined)
  },
})
