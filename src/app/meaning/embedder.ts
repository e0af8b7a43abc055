import { EmbedderOwner, type Verdicts } from '../../engines/embedding/embedder'
import type { Database } from '../../storage/database'
import { getSetting, setSetting } from '../../storage/settings'
import type { EmbedApi } from '../../threads/protocols'
import { RestartableWorker } from '../restartable-worker'

const startEmbedWorker = (): Worker =>
  new Worker(new URL('../../../workers/embed.ts', import.meta.url), { type: 'module', name: 'embed' })

/** The embedding model in its worker. */
export const createEmbedder = (db: Database): EmbedderOwner =>
  new EmbedderOwner(
    new RestartableWorker<EmbedApi>(startEmbedWorker),
    () => new RestartableWorker<EmbedApi>(startEmbedWorker),
    deviceVerdicts(db),
  )

/** What self-tests found on this machine. One that cannot be kept is made again at the next start. */
export const deviceVerdicts = (db: Database): Verdicts => ({
  get: async (key) => (await getSetting(db, 'deviceVerdicts'))?.[key],
  set: async (key, cosine) => {
    const verdicts = await getSetting(db, 'deviceVerdicts')
    await setSetting(db, 'deviceVerdicts', { ...verdicts, [key]: cosine }).catch(() => undefined)
  },
})
