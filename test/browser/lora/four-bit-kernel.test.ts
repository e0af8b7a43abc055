import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { rowsOf, type FourBitMatrix } from '../../../src/lora/four-bit'
import { FourBitKernel } from '../../../src/lora/four-bit-kernel'
import { BUFFER_USAGE, MAP_FOR_READING } from '../../../src/lora/gpu-flags'
import { merge } from '../../../src/lora/four-bit-merge'
import { lowRankChange, type LowRankChange } from '../../../src/lora/low-rank-change'
import { randomLayer } from '../../bench/four-bit/survival'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let device: GPUDevice
let kernel: FourBitKernel

beforeAll(async () => {
  device = await (await navigator.gpu.requestAdapter())!.requestDevice()
  kernel = new FourBitKernel(device)
})
afterAll(() => device.destroy())

const { storage, copySource, copyTarget, mapRead } = BUFFER_USAGE

/** A buffer like those that web-llm keeps parameters in. */
function parameter(words: Uint32Array): GPUBuffer {
  const buffer = device.createBuffer({ size: words.byteLength, usage: storage | copySource | copyTarget })
  device.queue.writeBuffer(buffer, 0, words as Uint32Array<ArrayBuffer>)
  return buffer
}

async function wordsOf(buffer: GPUBuffer): Promise<Uint32Array> {
  const copy = device.createBuffer({ size: buffer.size, usage: mapRead | copyTarget })
  const encoder = device.createCommandEncoder()
  encoder.copyBufferToBuffer(buffer, 0, copy, 0, buffer.size)
  device.queue.submit([encoder.finish()])
  await copy.mapAsync(MAP_FOR_READING)
  return new Uint32Array(copy.getMappedRange().slice(0))
}

async function mergedByKernel(base: FourBitMatrix, change: LowRankChange, firstRow?: number): Promise<Uint32Array> {
  const buffer = parameter(new Uint32Array(base.codes.length).fill(0xffffffff))
  await kernel.merge(base, change, { buffer, firstWord: 0 }, firstRow)
  return wordsOf(buffer)
}

describe('the kernel writes the very words that JavaScript comes to', () => {
  test.each([
    { outputs: 100, inputs: 256, rank: 1 },
    { outputs: 64, inputs: 1024, rank: 8 },
    { outputs: 70, inputs: 512, rank: 18 },
    { outputs: 32, inputs: 512, rank: 64 },
  ])('rank $rank', async (shape) => {
    const { base, factors } = randomLayer(shape, 4)
    for (const scale of [1e-5, 3e-4, 0.01]) {
      const change = lowRankChange([{ factors: { ...factors, scale }, strength: 1 }], 'layer')
      expect(await mergedByKernel(base, change, 7)).toEqual(merge(base, change, 'noise-shaped', 7).codes)
    }
  })

  test('at the edge of the codes, and in groups of zeros', async () => {
    const { base, factors } = randomLayer({ outputs: 64, inputs: 128, rank: 4 }, 6)
    base.scales.fill(0, 0, 100)
    const change = lowRankChange([{ factors: { ...factors, scale: 1 }, strength: 1 }], 'layer')
    expect(await mergedByKernel(base, change)).toEqual(merge(base, change, 'noise-shaped').codes)
  })
})

test('a change of nothing changes no bit', async () => {
  const { base, factors } = randomLayer({ outputs: 64, inputs: 256, rank: 4 }, 5)
  for (const zero of [{ b: new Float32Array(factors.b.length) }, { scale: 0 }]) {
    const change = lowRankChange([{ factors: { ...factors, ...zero }, strength: 1 }], 'layer')
    expect(await mergedByKernel(base, change)).toEqual(base.codes)
  }
})

test('rows of a larger matrix are written where they lie, and no others', async () => {
  const { base } = randomLayer({ outputs: 96, inputs: 256, rank: 4 }, 8)
  const part = rowsOf(base, 33, 40)
  const { factors } = randomLayer({ outputs: 40, inputs: 256, rank: 4 }, 9)
  const change = lowRankChange([{ factors: { ...factors, scale: 1e-3 }, strength: 1 }], 'layer')
  const buffer = parameter(base.codes)
  await kernel.merge(part, change, { buffer, firstWord: 33 * 32 }, 33)
  const expected = base.codes.slice()
  expected.set(merge(part, change, 'noise-shaped', 33).codes, 33 * 32)
  expect(await wordsOf(buffer)).toEqual(expected)
})

test('nothing is left on the device but what was there', async () => {
  const { base, factors } = randomLayer({ outputs: 64, inputs: 256, rank: 4 }, 5)
  const change = lowRankChange([{ factors, strength: 1 }], 'layer')
  const buffer = parameter(base.codes)
  const created: GPUBuffer[] = []
  const destroyed = new Set<GPUBuffer>()
  const createBuffer = vi.spyOn(device, 'createBuffer').mockImplementation((descriptor) => {
    const made = GPUDevice.prototype.createBuffer.call(device, descriptor)
    const destroy = made.destroy.bind(made)
    made.destroy = () => (destroyed.add(made), destroy())
    created.push(made)
    return made
  })
  for (let turn = 0; turn < 3; turn++) await kernel.merge(base, change, { buffer, firstWord: 0 })
  createBuffer.mockRestore()
  expect(created.length).toBeGreaterThan(0)
  expect(created.filter((made) => !destroyed.has(made))).toEqual([])
  expect(await wordsOf(buffer)).toEqual(merge(base, change, 'noise-shaped').codes)
})
