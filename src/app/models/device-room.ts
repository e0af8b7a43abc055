import { hasRoom } from '../../engines/model-files/download/preflight'
import { memoryRoom, type ModelEntry } from './model-entry'
import type { ModelSources } from './model-sources.svelte'

/** What this device has for a model, in bytes; undefined where the browser does not tell. */
export interface DeviceRoom {
  /** On the disk. */
  disk: number | undefined
  memory: number | undefined
  /** In one buffer of its graphics processor. */
  buffer: number | undefined
}

/** What speaks against a model on this device, with the bytes that it needs and those that there are. */
export interface Doubt {
  about: keyof DeviceRoom
  needed: number
  found: number
}

/** What is known of this device without asking anybody else. */
export const deviceRoom = (
  { free, devices }: Pick<ModelSources, 'free' | 'devices'>,
  machine = navigator as { deviceMemory?: number },
): DeviceRoom => ({
  disk: free,
  memory: memoryRoom(machine),
  buffer: devices?.webgpu?.largestBuffer,
})

/**
 * What speaks against a model before anything of it is fetched.
 * @param isHere its files are on the disk already, and need no room there
 */
export function doubtsAbout(entry: ModelEntry, room: DeviceRoom, isHere = false): Doubt[] {
  const { bytes, memory, largestTensor, device, servedFrom } = entry
  const doubts: Doubt[] = []
  const { disk } = room
  if (bytes !== undefined && disk !== undefined && !isHere && servedFrom === undefined && !hasRoom(bytes, disk))
    doubts.push({ about: 'disk', needed: bytes, found: disk })
  const compare = (about: 'memory' | 'buffer', needed: number | undefined) => {
    const found = room[about]
    if (needed !== undefined && found !== undefined && needed > found) doubts.push({ about, needed, found })
  }
  compare('memory', memory)
  if (device === 'webgpu') compare('buffer', largestTensor)
  return doubts
}

/** The largest of the models against which nothing speaks; those of which too little is known to say so are left out. */
export function largestFitting(entries: readonly ModelEntry[], room: DeviceRoom): ModelEntry | undefined {
  const sized = entries.filter(
    ({ bytes, memory }) => bytes !== undefined && (memory !== undefined || room.memory === undefined),
  )
  return sized
    .filter((entry) => doubtsAbout(entry, room).length === 0)
    .reduce<ModelEntry | undefined>((best, entry) => (best && best.bytes! >= entry.bytes! ? best : entry), undefined)
}
