import { modelLibURLPrefix, modelVersion, prebuiltAppConfig } from '@mlc-ai/web-llm'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { catalogue } from '../../../../src/engines/llm/catalogue'
import {
  estimatedBytes,
  folderName,
  LIBRARY_ADDRESS,
  planName,
  repositoryOf,
  webLlmBuilds,
  webLlmPlans,
} from '../../../../src/engines/llm/webllm/catalogue'

const withBuilds = catalogue.filter(({ webllm }) => webllm)

test('web-llm is pinned to one version, because its private parts are relied on', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }
  expect(dependencies['@mlc-ai/web-llm']).toBe('0.2.86')
  expect(LIBRARY_ADDRESS).toBe(`${modelLibURLPrefix}${modelVersion}/`)
})

test.each(webLlmBuilds)('$id is what the list of this version says', (build) => {
  const record = prebuiltAppConfig.model_list.find(({ model_id }) => model_id === build.id)!
  expect(record.model_lib).toBe(LIBRARY_ADDRESS + build.library)
  expect(record.vram_required_MB).toBe(build.memoryMB)
  expect(record.model).toBe(`https://huggingface.co/mlc-ai/${build.id}`)
  expect(build.dtype === 'q4f16').toBe(build.id.includes('q4f16'))
  expect(catalogue.some(({ webllm }) => Object.values(webllm ?? {}).includes(build.id))).toBe(true)
})

describe('models with a build of MLC', () => {
  test.each(withBuilds)('$id: every id has its build', (model) => {
    const ids = Object.values(model.webllm ?? {})
    expect(webLlmPlans(model, { halfPrecision: true }).map(({ build }) => build.id)).toEqual(ids)
    expect(webLlmPlans(model, undefined)).toEqual([])
    expect(webLlmPlans(model, { halfPrecision: false }).every(({ build }) => build.dtype === 'q4')).toBe(true)
    for (const plan of webLlmPlans(model, { halfPrecision: true })) {
      expect(repositoryOf(plan)).toBe(`mlc-ai/${plan.build.id}`)
      expect(folderName(plan)).toBe(`${plan.build.id}@main`)
      expect(planName(plan)).toContain(encodeURIComponent(folderName(plan)))
      // Weights alone take less than the list says for all.
      expect(estimatedBytes(plan)).toBeLessThan(plan.build.memoryMB * 2 ** 20)
      expect(estimatedBytes(plan)).toBeGreaterThan(100e6)
    }
  })
})
