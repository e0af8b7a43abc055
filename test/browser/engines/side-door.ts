import { expose as exposeOn } from 'comlink'
import { ort } from '../../../src/engines/onnx/runtime'

const door = {
  async loseDevice(): Promise<void> {
    const device = (await ort.env.webgpu.device) as GPUDevice
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
