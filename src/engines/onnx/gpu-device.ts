import { ort } from './runtime'

/** Lanes of a subgroup that the runtime's attention over a prompt counts on. */
const LEAST_SUBGROUP = 8

let own: Promise<GPUDevice | undefined> | undefined

/**
 * A device of ours, in place of the one that the runtime would ask for, where an adapter's subgroups are smaller than the
 * runtime's attention shader takes for granted: over prompts of more than some 30 tokens it then gives nonsense (seen in
 * 1.31 on a software adapter, whose subgroups have four lanes). On a device without subgroups the runtime takes another
 * shader, which is right.
 */
export function ownDevice(): Promise<GPUDevice | undefined> {
  return (own ??= requestWithoutSubgroups())
}

/** The device that sessions run on; there is one after the first session was made. */
export async function gpuDevice(): Promise<GPUDevice> {
  return (await ownDevice()) ?? ((await ort.env.webgpu.device) as GPUDevice)
}

async function requestWithoutSubgroups(): Promise<GPUDevice | undefined> {
  const adapter = await navigator.gpu.requestAdapter()
  const { subgroupMinSize } = (adapter?.info ?? {}) as { subgroupMinSize?: number }
  if (!adapter?.features.has('subgroups') || (subgroupMinSize ?? LEAST_SUBGROUP) >= LEAST_SUBGROUP) return undefined
  const requiredLimits: Record<string, number> = {}
  for (const name in adapter.limits) {
    const limit = adapter.limits[name as keyof GPUSupportedLimits]
    if (typeof limit === 'number') requiredLimits[name] = limit
  }
  const half = 'shader-f16' as const
  return adapter.requestDevice({ requiredLimits, requiredFeatures: adapter.features.has(half) ? [half] : [] })
}
