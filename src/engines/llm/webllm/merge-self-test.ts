import { randomAt, rowSeed } from '../../../lora/counter-random'
import { rowsOf, type FourBitMatrix } from '../../../lora/four-bit'
import type { DeviceCodes, FourBitKernel } from '../../../lora/four-bit-kernel'
import { merge } from '../../../lora/four-bit-merge'
import { BUFFER_USAGE } from '../../../lora/gpu-flags'
import { lowRankChange, type LowRankChange } from '../../../lora/low-rank-change'
import type { DeviceParameters } from './device-parameters'

/** Rows of the change whose result is known. */
const ROWS = 16
const RANK = 5

/**
 * Whether weights can be changed where they lie: those of one matrix are the kept ones, a change of nothing changes no bit of
 * them, and of a change of something the device makes what JavaScript makes of it. A driver that computes otherwise would
 * leave a model that talks nonsense, or one that nobody else has.
 */
export async function passesSelfTest(
  device: DeviceParameters,
  kernel: FourBitKernel,
  codes: DeviceCodes,
  base: FourBitMatrix,
): Promise<boolean> {
  const whole = [{ first: 0, count: base.codes.length }]
  if (!areEqual(await device.read(codes, whole), base.codes)) return false
  await kernel.merge(base, knownChange(base, 0), codes)
  if (!areEqual(await device.read(codes, whole), base.codes)) return false
  const part = rowsOf(base, 0, Math.min(ROWS, base.outputs))
  const change = knownChange(part, 1)
  const usage = BUFFER_USAGE.storage | BUFFER_USAGE.copySource
  const buffer = device.device.createBuffer({ size: part.codes.byteLength, usage })
  try {
    await kernel.merge(part, change, { buffer, firstWord: 0 })
    const merged = await device.read({ buffer, firstWord: 0 }, [{ first: 0, count: part.codes.length }])
    return areEqual(merged, merge(part, change, 'noise-shaped').codes)
  } finally {
    buffer.destroy()
  }
}

/** A change of about a step of the codes, by chance but always the same. */
function knownChange({ outputs, inputs, scales }: FourBitMatrix, strength: number): LowRankChange {
  const evenly = (count: number, seed: number) =>
    Float32Array.from({ length: count }, (_, at) => randomAt(rowSeed(seed, 0), at) - 0.5)
  const step = scales.reduce((most, scale) => Math.max(most, scale), 0)
  const factors = {
    rank: RANK,
    scale: 3 * step,
    inputs,
    outputs,
    a: evenly(RANK * inputs, 1),
    b: evenly(outputs * RANK, 2),
  }
  const change = lowRankChange([{ factors, strength: 1 }], 'self-test')
  // Its directions stay, so that the kernel has as much to do.
  return { ...change, coefficients: change.coefficients.map((value) => value * strength) }
}

const areEqual = (one: Uint32Array, other: Uint32Array): boolean =>
  one.length === other.length && one.every((word, at) => word === other[at])
