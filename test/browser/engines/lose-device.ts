import { connect } from '../../../src/threads/expose'
import type { SideDoor } from './side-door'

/** Takes the graphics processor away from a worker that has a side door. */
export function loseDeviceOf(worker: Worker): () => Promise<void> {
  const { port1, port2 } = new MessageChannel()
  worker.postMessage('side door', [port2])
  return () => connect<SideDoor>(port1 as unknown as Worker).loseDevice()
}
