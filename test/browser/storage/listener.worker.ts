import { openDatabase } from '../../../src/storage/database'
import { onChange } from '../../../src/storage/changes'

addEventListener('message', async (event: MessageEvent<string>) => {
  const db = await openDatabase({ name: event.data })
  onChange(db, (change) => postMessage(change))
  postMessage('listening')
})
