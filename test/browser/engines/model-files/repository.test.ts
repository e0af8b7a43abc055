import { afterEach, expect, test } from 'vitest'
import type { Repository } from '../../../../src/engines/model-files/download/repository'
import {
  ModelFileDamaged,
  ModelFileMissing,
  ModelGated,
  ModelUnreachable,
  RepositoryMissing,
  type FumikuraError,
} from '../../../../src/errors'
import { proxy } from '../../../../src/threads/expose'
import { never } from '../tiny'
import { Host, randomBytes, startHasty } from './host'

const NAME = 'owner/name'
const COMMIT = 'c0ffee'
const CONFIG = { model_type: 'llama' }
const GRAPH = 'onnx/model_q4.onnx'

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const at = (path: string, revision = 'main') => `${NAME}/resolve/${revision}/${path}`

const workers: ReturnType<typeof startHasty>[] = []
afterEach(() => workers.splice(0).forEach(({ end }) => end()))

function inspect(host: Host, revision = 'main'): Promise<Repository> {
  const worker = startHasty()
  workers.push(worker)
  const mirror = host.base.replace(/\/$/, '')
  const source = { kind: 'huggingFace' as const, repository: NAME, revision, mirror }
  return worker.api.inspect(source, ['config.json', GRAPH, `${GRAPH}_data`], never())
}

const refusal = (result: Promise<unknown>): Promise<FumikuraError> =>
  result.then(
    () => Promise.reject(new Error('was not refused')),
    (error: FumikuraError) => error,
  )

test('the hub tells the files with sizes and hashes, and the licence; no file but config.json is fetched', async () => {
  const sha256 = 'ab'.repeat(32)
  const host = await Host.with(
    new Map([
      [at('config.json'), json(CONFIG)],
      [at(GRAPH), randomBytes(100)],
      [
        `api/models/${NAME}/tree/main`,
        json([
          { type: 'directory', path: 'onnx', size: 0 },
          { type: 'file', path: 'config.json', size: 22 },
          { type: 'file', path: GRAPH, size: 130, lfs: { oid: sha256, size: 5000 } },
        ]),
      ],
      [`api/models/${NAME}/revision/main`, json({ cardData: { license: 'apache-2.0' } })],
    ]),
    true,
  )
  expect(await inspect(host)).toEqual({
    revision: 'main',
    licence: 'apache-2.0',
    config: CONFIG,
    files: [
      { path: 'config.json', bytes: 22, exact: true },
      { path: GRAPH, bytes: 5000, exact: true, sha256 },
    ],
  })
  expect((await host.log()).map(({ path }) => path).filter((path) => path.includes('/resolve/'))).toEqual([
    at('config.json'),
  ])
})

test('a mirror that has no list is asked for each file that might be there', async () => {
  const host = await Host.with(
    new Map([
      [at('config.json'), json(CONFIG)],
      [at(GRAPH), randomBytes(100)],
    ]),
  )
  const { files, licence } = await inspect(host)
  expect(files.map(({ path }) => path)).toEqual(['config.json', GRAPH])
  expect(files[1]).toEqual({ path: GRAPH, bytes: 100 })
  expect(licence).toBeUndefined()
  expect((await host.log()).filter(({ path, method }) => path === at(GRAPH) && method !== 'HEAD')).toEqual([])
})

test('what is listed is that of the commit that the host names', async () => {
  const listed = json([{ type: 'file', path: 'a', size: 1 }])
  const host = await Host.with(new Map([[`api/models/${NAME}/tree/${COMMIT}`, listed]]))
  const headers = { 'x-repo-commit': COMMIT, 'content-type': 'application/json' }
  await host.always(at('config.json'), { kind: 'status', status: 200, headers, body: JSON.stringify(CONFIG) })
  expect(await inspect(host)).toEqual({
    revision: COMMIT,
    config: CONFIG,
    files: [{ path: 'a', bytes: 1, exact: true }],
  })
})

test('a config.json that is none is told', async () => {
  const host = await Host.with(new Map([[at('config.json'), randomBytes(10)]]))
  expect(await refusal(inspect(host))).toEqual(new ModelFileDamaged({ file: 'config.json' }))
})

test.each([
  ['a repository that is not there', { status: 401, code: 'RepoNotFound' }, new RepositoryMissing({ name: NAME })],
  ['a revision that is not there', { status: 404, code: 'RevisionNotFound' }, new RepositoryMissing({ name: NAME })],
  ['one without config.json', { status: 404, code: 'EntryNotFound' }, new ModelFileMissing({ file: 'config.json' })],
  ['a mirror that does not have it', { status: 404, code: '' }, new RepositoryMissing({ name: NAME })],
  ['one that is gated', { status: 401, code: 'GatedRepo' }, new ModelGated({ file: 'config.json', status: 401 })],
  ['one that is forbidden', { status: 403, code: '' }, new ModelGated({ file: 'config.json', status: 403 })],
  ['a host in trouble', { status: 500, code: '' }, new ModelUnreachable({ file: 'config.json', status: 500 })],
] as const)('%s is told as that', async (_, { status, code }, expected) => {
  const host = await Host.with(new Map())
  const headers = code ? { 'x-error-code': code } : {}
  await host.always(at('config.json'), { kind: 'status', status, headers })
  expect(await refusal(inspect(host))).toEqual(expected)
})

test('a download of a gated file says so, and asks no second time', async () => {
  const host = await Host.with(new Map())
  await host.always(GRAPH, { kind: 'status', status: 401, headers: { 'x-error-code': 'GatedRepo' } })
  const worker = startHasty()
  workers.push(worker)
  const request = { model: 'gated@1', source: { kind: 'address' as const, base: host.base }, files: [{ path: GRAPH }] }
  const failure = await refusal(
    worker.api.download(
      request,
      proxy(() => undefined),
      never(),
    ),
  )
  expect(failure).toEqual(new ModelGated({ file: GRAPH, status: 401 }))
  expect(await host.log()).toHaveLength(1)
})
