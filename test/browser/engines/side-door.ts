import { expose as exposeOn } from 'comlink'
import { gpuDevice } from '../../../src/engines/onnx/gpu-device'

const door = {
  async loseDevice(): Promise<void> {
    const device = await gpuDevice()
    device.destroy()
    await device.lost
  },
}

export type SideDoor = typeof door

/** In a worker: a way in, through which its graphics processor is taken away (lose-device.ts). */
export function openSideDoor(): void {
  addEventListener('message', (event: MessageEvent) => {
    const [port] = event.ports
    if (event.data === 'side door' && port) exposeOn(door, port)
  })
}
