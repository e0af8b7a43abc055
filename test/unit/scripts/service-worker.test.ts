import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { describeRelease } from '../../../scripts/service-worker'

const folder = mkdtempSync(join(tmpdir(), 'fumikura-release-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('models and their runtime are no part of the installation, but are known with their hash', () => {
  mkdirSync(join(folder, 'assets'))
  mkdirSync(join(folder, 'models/starter/embedder/onnx'), { recursive: true })
  for (const path of [
    'index.html',
    'sw.js',
    'assets/page-1.js',
    'assets/ort-wasm-simd-threaded.asyncify-1.wasm',
    'assets/ort-wasm-simd-threaded.asyncify-1.mjs',
    'assets/ort-wasm-simd-threaded.jspi-1.wasm',
    'assets/ort-wasm-simd-threaded.jspi-1.mjs',
    'assets/web-llm-1.js',
    'assets/worker-webllm-1.js',
    'models/starter/embedder/tokenizer.json',
    'models/starter/embedder/onnx/model_q4.onnx',
  ])
    writeFileSync(join(folder, path), path)
  const { files, onDemand } = describeRelease(folder, { site: {}, network: {} })
  expect(Object.keys(files).sort()).toEqual(['', 'assets/page-1.js', 'assets/worker-webllm-1.js'])
  const hash: unknown = expect.stringMatching(/^[0-9a-f]{64}$/)
  expect(onDemand).toEqual({
    'assets/ort-wasm-simd-threaded.asyncify-1.mjs': hash,
    'assets/ort-wasm-simd-threaded.asyncify-1.wasm': hash,
    'assets/ort-wasm-simd-threaded.jspi-1.mjs': hash,
    'assets/ort-wasm-simd-threaded.jspi-1.wasm': hash,
    'assets/web-llm-1.js': hash,
    'models/starter/embedder/tokenizer.json': hash,
    'models/starter/embedder/onnx/model_q4.onnx': hash,
  })
})
