import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { checkModelLibrary, PROVIDED } from '../../../../src/engines/llm/webllm/model-library'
import { ModelFileDamaged, WrongModelLibrary } from '../../../../src/errors'
import { makeLibrary } from '../../../fixtures/tiny-web-llm'

const bundle = readFileSync(createRequire(import.meta.url).resolve('@mlc-ai/web-llm'), 'utf8')

test('a library that fits', async () => {
  await checkModelLibrary(
    'a.wasm',
    makeLibrary([
      ['env', 'TVMFFIWasmSafeCall'],
      ['wasi_snapshot_preview1', 'fd_write'],
    ]),
  )
})

test.each([
  [
    'asks for what this version does not give',
    [['env', '_ZN3tvm7runtime9threading10NumThreadsEv']] as const,
    undefined,
  ],
  ['asks another module', [['wasi_unstable', 'fd_write']] as const, undefined],
  ['has the functions of versions before 0.2.80', [] as const, ['TVMFuncCall', 'TVMWasmAllocSpace']],
])('one that %s is of another version', async (_name, imports, exports) => {
  const refused = checkModelLibrary('a.wasm', makeLibrary(imports, exports))
  await expect(refused).rejects.toBeInstanceOf(WrongModelLibrary)
  await expect(refused).rejects.toMatchObject({ params: { file: 'a.wasm' } })
})

test('one that is cut short, or a page in its place, is damaged', async () => {
  const damaged = new ModelFileDamaged({ file: 'a.wasm' })
  await expect(checkModelLibrary('a.wasm', makeLibrary().slice(0, 40))).rejects.toEqual(damaged)
  await expect(checkModelLibrary('a.wasm', new TextEncoder().encode('<!doctype html>'))).rejects.toEqual(damaged)
})

test('what we believe that web-llm gives is what the web-llm of package.json gives', () => {
  const system = /var wasmImports=\{([^}]*TVMFFIWasmSafeCall[^}]*)\}/.exec(bundle)![1]!
  const names = system.split(',').map((entry) => entry.split(':')[0]!.replaceAll('"', '').trim())
  expect(PROVIDED['wasi_snapshot_preview1']).toEqual(names.sort())
  expect(bundle).toContain('var info={"env":wasmImports,"wasi_snapshot_preview1":wasmImports}')
  const environment = /const defaultEnv = \{([^]*?)Object\.assign\(defaultEnv, initEnv, newEnv\)/.exec(bundle)![1]!
  const added = [...environment.matchAll(/"(\w+)":/g)].map(([, name]) => name!)
  expect(new Set(PROVIDED['env'])).toEqual(new Set([...names, ...added]))
})
