import { createHash } from 'node:crypto'
import { afterEach, expect, test, vi } from 'vitest'
import { installRelease } from '../../../src/pwa/service/install'
import type { Release } from '../../../src/pwa/service/release'

const SCOPE = 'https://house.example/'
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const hashesOf = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, hashOf(text)]))

/** A release whose host serves these files; what is fetched of them is told. */
function release(
  files: Record<string, string>,
  onDemand: Record<string, string>,
): { built: Release; fetched: string[] } {
  const fetched: string[] = []
  vi.stubGlobal('fetch', (url: string) => {
    const path = url.slice(SCOPE.length)
    fetched.push(path)
    return Promise.resolve(new Response({ ...files, ...onDemand }[path] ?? null))
  })
  const headers = { headers: {}, network: { folder: 'network/', headers: {} } }
  return { built: { version: '', files: hashesOf(files), onDemand: hashesOf(onDemand), ...headers }, fetched }
}

/** The browser's cache, with what is kept in it. */
function cacheWith(kept: Record<string, string>): Map<string, string> {
  const entries = new Map(Object.entries(kept).map(([path, text]) => [`${SCOPE}${path}?sha256=${hashOf(text)}`, text]))
  const cache = {
    keys: () => Promise.resolve([...entries.keys()].map((url) => ({ url }))),
    put: async (url: string, response: Response) => void entries.set(url, await response.text()),
  }
  vi.stubGlobal('caches', { open: () => Promise.resolve(cache) })
  return entries
}

afterEach(() => vi.unstubAllGlobals())

test('the first release brings what opens the page, and nothing that is kept on demand', async () => {
  cacheWith({})
  const { built, fetched } = release(
    { '': 'page', 'assets/app-12345678.js': 'code' },
    { 'models/tiny/a.onnx': 'model' },
  )
  await installRelease(built, SCOPE)
  expect(fetched.sort()).toEqual(['', 'assets/app-12345678.js'])
})

test('the next one brings anew what was asked for on demand, and nothing else of it', async () => {
  const kept = cacheWith({
    '': 'page',
    'assets/ort-wasm-threaded.jspi-CP6SXO_B.wasm': 'old runtime',
    'models/tiny/a.onnx': 'old model',
    'models/tiny/same.json': 'same',
  })
  const { built, fetched } = release(
    { '': 'next page' },
    {
      'assets/ort-wasm-threaded.jspi-A-cdEF_h.wasm': 'new runtime',
      'assets/ort-wasm-threaded.asyncify-12345678.wasm': 'another runtime',
      'models/tiny/a.onnx': 'new model',
      'models/tiny/same.json': 'same',
      'models/other/a.onnx': 'another model',
    },
  )
  await installRelease(built, SCOPE)
  expect(fetched.sort()).toEqual(['', 'assets/ort-wasm-threaded.jspi-A-cdEF_h.wasm', 'models/tiny/a.onnx'])
  expect([...kept.values()]).toEqual(expect.arrayContaining(['new runtime', 'new model', 'old runtime']))
})

test('a file that is not the one of the release ends the install', async () => {
  cacheWith({})
  const { built } = release({ '': 'page' }, {})
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('Sign in to the network')))
  await expect(installRelease(built, SCOPE)).rejects.toThrow('is not the file of this release')
})
