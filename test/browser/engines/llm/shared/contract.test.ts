import { vi } from 'vitest'
import { languageModelContract } from '../contract'
import { never } from '../tiny'
import { openMortalTab, openTab, ownName } from './tabs'

vi.setConfig({ testTimeout: 60_000 })

const WANTED = { id: 'fake' }

languageModelContract('shared, in the tab that owns it', async () => {
  const tab = openTab(ownName())
  const { model } = await tab.open(WANTED, () => undefined, never())
  return { model, close: () => void tab.dispose() }
})

languageModelContract('shared, owned by another tab', async () => {
  const name = ownName()
  const [owner, tab] = [openTab(name), openTab(name)]
  await owner.open(WANTED, () => undefined, never())
  const { model } = await tab.open(WANTED, () => undefined, never())
  return { model, close: () => void Promise.all([tab.dispose(), owner.dispose()]) }
})

languageModelContract('shared, owned by a tab in another thread', async () => {
  const name = ownName()
  const [owner, tab] = [openMortalTab(name), openTab(name)]
  await owner.open(WANTED.id)
  const { model } = await tab.open(WANTED, () => undefined, never())
  return { model, close: () => (owner.kill(), void tab.dispose()) }
})
