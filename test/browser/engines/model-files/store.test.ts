import { beforeEach, expect, test } from 'vitest'
import {
  listModels,
  bytesOfModels,
  ModelFolder,
  removeModel,
  whileOwned,
} from '../../../../src/engines/model-files/store'
import { encodeName } from '../../../../src/engines/model-files/origin-files'
import { ModelBusy, ModelFileMissing } from '../../../../src/errors'
import { emptyStore, keepModel, writeData } from '../../../fixtures/keep-model'

const MODEL = '日本/のモデル ..@main'
const PATHS = ['manifest.json', '../up', 'onnx/モデル 1.onnx', 'CON', '.', 'x'.repeat(120)]
const bytesOf = (text: string) => new TextEncoder().encode(text)
const files = new Map(PATHS.map((path, at) => [path, bytesOf(`${at} ${path}`)]))

beforeEach(emptyStore)

test('files of any name come back as they were kept, and lie in a folder of their own', async () => {
  const folder = await keepModel(MODEL, files)
  for (const [path, bytes] of files) expect(await folder.read(path)).toEqual(bytes)
  expect(await folder.has(PATHS)).toBe(true)
  expect(await folder.has([...PATHS, 'another'])).toBe(false)
  const root = await navigator.storage.getDirectory()
  const names: string[] = []
  for await (const name of root.keys()) names.push(name)
  expect(names).toEqual(['fumikura-models'])
})

test('a file that lies there without an entry in the manifest does not count', async () => {
  const folder = new ModelFolder(MODEL)
  await writeData(folder, 'a', bytesOf('half'))
  expect(await folder.file('a')).toBeUndefined()
  await expect(folder.read('a')).rejects.toEqual(new ModelFileMissing({ file: 'a' }))
  expect(await folder.onDisk()).toEqual({ model: MODEL, files: [], parts: [{ path: 'a', bytes: 4 }], bytes: 4 })
})

test('a file that is begun anew counts no more before it is whole again', async () => {
  const folder = await keepModel(MODEL, new Map([['a', bytesOf('old')]]))
  await folder.begin({ path: 'a', etag: '"2"' })
  expect(await folder.file('a')).toBeUndefined()
  expect((await folder.manifest()).parts).toEqual([{ path: 'a', etag: '"2"' }])
})

test('a manifest cut short makes everything a part, and nothing kept', async () => {
  const folder = await keepModel(MODEL, files)
  const models = await (await navigator.storage.getDirectory()).getDirectoryHandle('fumikura-models')
  const handle = await (await models.getDirectoryHandle(encodeName(MODEL))).getFileHandle('manifest.json')
  const text = await (await handle.getFile()).text()
  for (const end of [0, 1, text.length >> 1, text.length - 1]) {
    const writable = await handle.createWritable()
    await writable.write(text.slice(0, end))
    await writable.close()
    expect(await folder.file(PATHS[0]!)).toBeUndefined()
    expect((await folder.onDisk()).parts).toHaveLength(PATHS.length)
  }
})

test('entries written at once, as two tabs do, are all there', async () => {
  const folders = [new ModelFolder(MODEL), new ModelFolder(MODEL)]
  const paths = Array.from({ length: 40 }, (_, at) => `file ${at}`)
  for (const path of paths) await writeData(folders[0]!, path, bytesOf(path))
  await Promise.all(
    paths.map((path, at) => folders[at % 2]!.keep({ path, bytes: bytesOf(path).length, sha256: '', verified: false })),
  )
  expect(await folders[0]!.has(paths)).toBe(true)
})

test('models are listed with their size, deleted one by one, and gone at once', async () => {
  await keepModel('b@1', new Map([['x', bytesOf('12345')]]))
  const folder = await keepModel('a@1', new Map([['x', bytesOf('123')]]))
  await writeData(folder, 'y', bytesOf('12'))
  expect(await listModels()).toMatchObject([
    { model: 'a@1', bytes: 5, files: [{ path: 'x', bytes: 3 }], parts: [{ path: 'y', bytes: 2 }] },
    { model: 'b@1', bytes: 5, parts: [] },
  ])
  expect(await bytesOfModels()).toBe(10)
  const open = await folder.file('x')
  await removeModel('a@1')
  await removeModel('never@1')
  expect(await folder.file('x')).toBeUndefined()
  await expect(open!.text()).rejects.toBeInstanceOf(DOMException)
  expect((await listModels()).map(({ model }) => model)).toEqual(['b@1'])
})

test('a part can be given up without the files that are whole', async () => {
  const folder = await keepModel(MODEL, new Map([['a', bytesOf('whole')]]))
  await writeData(folder, 'b', bytesOf('half'))
  await folder.begin({ path: 'b' })
  await folder.discardParts()
  expect(await folder.onDisk()).toMatchObject({ files: [{ path: 'a' }], parts: [], bytes: 5 })
})

test('a model is not deleted while it is being downloaded', async () => {
  await keepModel('a@1', files)
  await whileOwned('a@1', async () => {
    await expect(removeModel('a@1')).rejects.toEqual(new ModelBusy({ model: 'a@1' }))
    await expect(whileOwned('a@1', () => Promise.resolve())).rejects.toBeInstanceOf(ModelBusy)
    await whileOwned('b@1', () => Promise.resolve())
  })
  await removeModel('a@1')
  expect(await listModels()).toEqual([])
})
