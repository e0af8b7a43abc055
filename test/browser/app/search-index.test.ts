import { expect, onTestFinished, test } from 'vitest'
import { RestartableWorker } from '../../../src/app/restartable-worker'
import { SearchIndex } from '../../../src/app/search-index'
import { Interrupted } from '../../../src/errors'
import type { IndexApi } from '../../../src/threads/protocols'

const request = { question: 'What?', documents: ['a'], limit: 5 }

/** An index whose first `deaths` workers die while they search. */
function mortalIndex(deaths: number): SearchIndex {
  let started = 0
  const worker = new RestartableWorker<IndexApi>(() => {
    started += 1
    const name = started > deaths ? 'immortal' : 'mortal'
    const thread = new Worker(new URL('./mortal-index.worker.ts', import.meta.url), { type: 'module', name })
    // The death is the test: it must not be taken for a failure of the page.
    thread.addEventListener('error', (event) => event.preventDefault())
    return thread
  })
  onTestFinished(() => worker.end())
  return new SearchIndex(worker)
}

test('a search whose worker dies is answered by the next one', async () => {
  const result = await mortalIndex(1).search(request, new AbortController().signal)
  expect(result.coverage.passagesSearched).toBe(3)
})

test('a search that kills every worker is given up', async () => {
  const search = mortalIndex(2).search(request, new AbortController().signal)
  await expect(search).rejects.toBeInstanceOf(Interrupted)
})

test('a question that is stopped while the index is loaded is stopped at once, and the loading goes on', async () => {
  let loaded: () => void = () => undefined
  const api = { sync: () => new Promise<void>((resolve) => (loaded = resolve)), search: () => Promise.resolve('found') }
  const ended: string[] = []
  const worker = {
    call: (body: (remote: typeof api) => Promise<unknown>) => body(api),
    end: () => ended.push('ended'),
  } as unknown as RestartableWorker<IndexApi>
  const controller = new AbortController()
  const stopped = new SearchIndex(worker).search(request, controller.signal)
  controller.abort()
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
  expect(ended).toEqual([])
  const next = new SearchIndex(worker).search(request, new AbortController().signal)
  loaded()
  expect(await next).toBe('found')
})
