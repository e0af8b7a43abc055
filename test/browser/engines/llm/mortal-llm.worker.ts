import { expose as exposeOn } from 'comlink'
import '../../../../src/security/trusted-types'
import { memory } from '../../../fixtures/watch-memory'
import { loadAdapter } from '../../../../src/engines/llm/adapters/load'
import { LlmService } from '../../../../src/engines/llm/onnx/service'
import { gpuDevice } from '../../../../src/engines/onnx/gpu-device'
import { expose } from '../../../../src/threads/expose'
import { randomAdapterOf } from '../../../fixtures/random-adapter'

/** The worker of a language model with a side door: its graphics processor can be taken away, its memory looked at. */
const mortal = {
  async loseDevice(): Promise<void> {
    const device = await gpuDevice()
    device.destroy()
    await device.lost
  },
  memory,
}

export type MortalLlmApi = typeof mortal

addEventListener('message', (event: MessageEvent) => {
  const [port] = event.ports
  if (event.data === 'side door' && port) exposeOn(mortal, port)
})
expose(new LlmService(async (name) => randomAdapterOf(name) ?? loadAdapter(name)))
