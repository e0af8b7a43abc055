import type { WebLlmDtype } from './catalogue'

/** Why a model cannot run on a device. */
export type Obstacle =
  | { kind: 'noAdapter' }
  /** `needed` and `found`: in the unit of the limit, bytes for sizes. */
  | { kind: 'limit'; limit: LimitName; needed: number; found: number }
  /** Shaders cannot compute in 16-bit floats. */
  | { kind: 'halfPrecision' }

export type LimitName =
  'maxBufferSize' | 'maxStorageBufferBindingSize' | 'maxComputeWorkgroupStorageSize' | 'maxStorageBuffersPerShaderStage'

/** What is looked at of a device. */
export interface DeviceLimits {
  limits: Readonly<Record<LimitName, number>>
  features: { has(feature: string): boolean }
}

const MIB = 2 ** 20

/** The least that web-llm 0.2.86 starts with. */
const LEAST: Readonly<Record<LimitName, number>> = {
  maxBufferSize: 256 * MIB,
  maxStorageBufferBindingSize: 128 * MIB,
  maxComputeWorkgroupStorageSize: 32 * 1024,
  maxStorageBuffersPerShaderStage: 10,
}

/** It asks for this much where the device has it, and for the least otherwise; never for anything between or above. */
const WANTED: Readonly<Partial<Record<LimitName, number>>> = {
  maxBufferSize: 1024 * MIB,
  maxStorageBufferBindingSize: 1024 * MIB,
}

/**
 * What keeps a model from running on a device, before anything of it is loaded; empty where nothing does. How much memory a
 * device has cannot be asked.
 * @param device undefined where there is none
 * @param largestTensor bytes that have to be bound in one piece; 0 where that is not known yet
 */
export function obstaclesOn(device: DeviceLimits | undefined, dtype: WebLlmDtype, largestTensor: number): Obstacle[] {
  if (!device) return [{ kind: 'noAdapter' }]
  const obstacles: Obstacle[] = []
  for (const limit of Object.keys(LEAST) as LimitName[]) {
    const found = device.limits[limit]
    const isSize = limit === 'maxBufferSize' || limit === 'maxStorageBufferBindingSize'
    const given = isSize ? granted(limit, found) : found
    const needed = isSize ? Math.max(LEAST[limit], largestTensor) : LEAST[limit]
    if (given < needed) obstacles.push({ kind: 'limit', limit, needed, found: given })
  }
  if (dtype === 'q4f16' && !device.features.has('shader-f16')) obstacles.push({ kind: 'halfPrecision' })
  return obstacles
}

function granted(limit: LimitName, found: number): number {
  const wanted = WANTED[limit] ?? 0
  return found >= wanted ? wanted : Math.min(found, LEAST[limit])
}

/** The device that web-llm would choose. */
export async function findDevice(): Promise<DeviceLimits | undefined> {
  const { gpu } = navigator as { gpu?: GPU }
  return (await gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null)) ?? undefined
}

/** For the bug report. */
export function describeObstacle(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'noAdapter':
      return 'it needs a graphics processor'
    case 'halfPrecision':
      return 'it needs shader-f16'
    case 'limit':
      return `it needs ${obstacle.limit} ${obstacle.needed}, and there is ${obstacle.found}`
  }
}
