/** Threads beyond these gain little on models of this size, and the page needs a core too. */
const MOST_THREADS = 4

/** Threads need shared memory, which a page has only when it is cross-origin isolated. */
export const wasmThreads = (): number =>
  globalThis.crossOriginIsolated ? Math.max(1, Math.min(MOST_THREADS, navigator.hardwareConcurrency - 1)) : 1

export interface DeviceCapabilities {
  /** Absent where no adapter can be had. */
  webgpu?: {
    /** Vendor and architecture: a verdict on one adapter says nothing about another. */
    adapter: string
    /** Whether shaders may use 16-bit floats. */
    halfPrecision: boolean
    /** Bytes that a shader can be given in one piece: no tensor may be larger. */
    largestBuffer?: number
  }
  /** Threads of the wasm device. */
  threads: number
}

/** Asks for an adapter before any session does: the runtime does not recover from one that it could not get. */
export async function probeDevices(): Promise<DeviceCapabilities> {
  const threads = wasmThreads()
  const adapter = await (navigator as { gpu?: GPU }).gpu?.requestAdapter().catch(() => null)
  if (!adapter) return { threads }
  const { vendor, architecture, device, description } = adapter.info
  const name = [vendor, architecture, device, description].filter(Boolean).join(' ')
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits
  const largestBuffer = Math.min(maxBufferSize, maxStorageBufferBindingSize)
  return { threads, webgpu: { adapter: name, halfPrecision: adapter.features.has('shader-f16'), largestBuffer } }
}
