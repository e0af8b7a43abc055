import { expose as exposeOn } from 'comlink'
import '../../../../src/security/trusted-types'
import { loadAdapter } from '../../../../src/engines/llm/adapters/load'
import { LlmService } from '../../../../src/engines/llm/onnx/service'
import { gpuDevice } from '../../../../src/engines/onnx/gpu-device'
import { expose } from '../../../../src/threads/expose'
import { randomAdapterOf } from '../../../fixtures/random-adapter'

/** Memories of the runtime, and buffers on the graphics processor that nobody has destroyed. */
const memories: WebAssembly.Memory[] = []
const buffers = new Set<GPUBuffer>()

const { Memory } = WebAssembly
WebAssembly.Memory = class extends Memory {
  constructor(descriptor: WebAssembly.MemoryDescriptor) {
    super(descriptor)
    memories.push(this)
  }
}
const { createBuffer } = GPUDevice.prototype
GPUDevice.prototype.createBuffer = function (descriptor: GPUBufferDescriptor) {
  const buffer = createBuffer.call(this, descriptor)
  buffers.add(buffer)
  return buffer
}
const { destroy } = GPUBuffer.prototype
GPUBuffer.prototype.destroy = function () {
  buffers.delete(this)
  return destroy.call(this)
}

/** The worker of a language model with a side door: its graphics processor can be taken away, its memory looked at. */
const mortal = {
  async loseDevice(): Promise<void> {
    const device = await gpuDevice()
    device.destroy()
    await device.lost
  },
  memory: () => ({
    wasm: memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
    buffers: [...buffers].reduce((sum, { size }) => sum + size, 0),
    bufferCount: buffers.size,
  }),
}

export type MortalLlmApi = typeof mortal

addEventListener('message', (event: MessageEvent) => {
  const [port] = event.ports
  if (event.data === 'side door' && port) exposeOn(mortal, port)
})
expose(new LlmService(async (name) => randomAdapterOf(name) ?? loadAdapter(name)))
