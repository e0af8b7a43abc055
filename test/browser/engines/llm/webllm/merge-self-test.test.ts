import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { DeviceParameters as Reached } from '../../../../../src/engines/llm/webllm/device-parameters'
import { passesSelfTest } from '../../../../../src/engines/llm/webllm/merge-self-test'
import type { MlcPipeline } from '../../../../../src/engines/llm/webllm/mlc-engine'
import { FourBitKernel } from '../../../../../src/lora/four-bit-kernel'
import { fourBitMatrices } from '../../../../fixtures/four-bit-web-llm'
import { DeviceParameters } from './device-parameters'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const [name, base] = [...fourBitMatrices()][0]!
let device: GPUDevice
beforeAll(async () => {
  device = await (await navigator.gpu.requestAdapter())!.requestDevice()
})
afterAll(() => device.destroy())

/** The matrix on the device, with or without a bit that is another, and how it is reached. */
function reach(spoilt = false) {
  const parameters = new DeviceParameters(device)
  const codes = base.codes.slice()
  if (spoilt) codes[codes.length - 1]! ^= 1
  const record = { name: `${name}.q_weight`, nbytes: codes.byteLength, byteOffset: 0 }
  parameters.upload(codes.buffer, [record])
  return { parameters, reached: new Reached(parameters.fields(false) as unknown as MlcPipeline) }
}

test('a device that computes as it should passes, and its weights are as they were', async () => {
  const { parameters, reached } = reach()
  const codes = await reached.codes(name)
  expect(await passesSelfTest(reached, new FourBitKernel(device), codes, base)).toBe(true)
  expect(await parameters.words(`${name}.q_weight`)).toEqual(base.codes)
})

test('weights that are not the kept ones, by one bit, do not pass', async () => {
  const { reached } = reach(true)
  expect(await passesSelfTest(reached, new FourBitKernel(device), await reached.codes(name), base)).toBe(false)
})

test.each<[string, (kernel: FourBitKernel) => FourBitKernel['merge']]>([
  ['does nothing', () => () => Promise.resolve()],
  ['takes chance from another place', (kernel) => (matrix, change, target) => kernel.merge(matrix, change, target, 1)],
  [
    'changes what was to be left',
    (kernel) => (matrix, change, target) =>
      kernel.merge({ ...matrix, codes: matrix.codes.map((word) => word ^ 1) }, change, target),
  ],
])('a kernel that %s does not pass', async (_name, otherwise) => {
  const { reached } = reach()
  const kernel = new FourBitKernel(device)
  const merge = otherwise(new FourBitKernel(device))
  kernel.merge = merge
  expect(await passesSelfTest(reached, kernel, await reached.codes(name), base)).toBe(false)
})

test('a library that does not have the matrix is told', async () => {
  const { reached } = reach()
  await expect(reached.codes('model.layers.9.o_proj')).rejects.toThrow('model.layers.9.o_proj')
})
