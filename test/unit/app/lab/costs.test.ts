import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { Costs } from '../../../../src/app/lab/costs.svelte'
import { articleExample } from '../../../../src/lab/cost'
import { openDatabase, type Database } from '../../../../src/storage/database'
import { setSetting, type Settings } from '../../../../src/storage/settings'

let databases = 0
const open = () => openDatabase({ name: `lab-costs-${databases++}` })

async function loaded(db: Database): Promise<Costs> {
  const costs = new Costs(db)
  await costs.load()
  return costs
}

test('prices and amounts begin with the article’s, are kept, and go back to it', async () => {
  const db = await open()
  const costs = await loaded(db)
  expect([costs.prices, costs.usage, costs.currency]).toEqual([articleExample.prices, articleExample.usage, 'USD'])
  costs.setPrices({ input: 100 })
  costs.setUsage({ passageTokens: 5000 })
  costs.setCurrency('JPY')
  expect(costs.table.retrieval.input).toBeCloseTo((5020 * 100) / 1e6, 12)
  const again = await loaded(db)
  expect([again.prices.input, again.usage.passageTokens, again.currency]).toEqual([100, 5000, 'JPY'])
  expect(again.table).toEqual(costs.table)
  again.reset()
  expect((await loaded(db)).prices).toEqual(articleExample.prices)
})

test('what is no amount changes nothing, whether it is set or was kept', async () => {
  const db = await open()
  const costs = await loaded(db)
  costs.setPrices({ input: NaN, output: -1, training: Infinity })
  costs.setUsage({ epochs: 0, updates: 0.5 })
  expect([costs.prices, costs.usage]).toEqual([articleExample.prices, articleExample.usage])
  const kept = { prices: { input: 'dear', output: 7 }, usage: null, currency: 'XXX' }
  await setSetting(db, 'labCosts', kept as unknown as Settings['labCosts'])
  const again = await loaded(db)
  expect([again.prices, again.currency]).toEqual([{ ...articleExample.prices, output: 7 }, 'USD'])
  expect(again.usage).toEqual(articleExample.usage)
})
