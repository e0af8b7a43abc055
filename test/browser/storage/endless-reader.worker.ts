import { openDatabase } from '../../../src/storage/database'
import { readQueued } from '../../../src/storage/queue'

addEventListener('message', async (event: MessageEvent<{ name: string; id: string }>) => {
  const db = await openDatabase({ name: event.data.name })
  await readQueued(db, event.data.id, () => {
    postMessage('reading')
    return new Promise(() => {})
  })
})
