import { expose as exposeOn } from 'comlink'
import '../../../src/security/trusted-types'
import { EmbedService } from '../../../src/engines/embedding/service'
import { gpuDevice } from '../../../src/engines/onnx/gpu-device'
import { expose } from '../../../src/threads/expose'

/** The embedding worker with a side door through which its graphics processor is taken away. */
const mortal = {
  async loseDevice(): Promise<void> {
    const device = await gpuDevice()
    device.destroy()
    await device.lost
  },
}

export type MortalEmbedApi = typeof mortal

addEventListener('message', (event: MessageEvent) => {
  const [port] = event.ports
  if (event.data === 'side door' && port) exposeOn(mortal, port)
})
expose(new EmbedService())
