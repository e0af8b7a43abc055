import { ModelUnusable } from '../errors'
import type { FourBitMatrix } from './four-bit'
import { DITHER, MOST_STEPS, pullOf, scaleTable, THRESHOLD } from './four-bit-merge'
import { BUFFER_USAGE } from './gpu-flags'
import type { LowRankChange } from './low-rank-change'

/** Where a matrix lies on the device: its codes, row by row. */
export interface DeviceCodes {
  /** STORAGE. */
  buffer: GPUBuffer
  /** The word of `buffer` with which its first row begins. */
  firstWord: number
}

/** Rows that one workgroup works on, a thread each. */
const ROWS = 64

/**
 * The same merge as `merge(…, 'noise-shaped')`, on a graphics processor and to the same bits: a row's rounding goes on from
 * column to column, so each thread has a row.
 */
export class FourBitKernel {
  readonly #device: GPUDevice
  /** By rank, which says how many sums a thread keeps. */
  readonly #pipelines = new Map<number, Promise<GPUComputePipeline>>()

  constructor(device: GPUDevice) {
    this.#device = device
  }

  /**
   * Writes base + change where the codes lie. `base` is the pristine one, whatever is there now. Resolves when the work is
   * handed in; what is handed in after it finds it done.
   * @param firstRow as `merge` has it
   * @throws ModelUnusable where the device has no memory for it
   */
  async merge(base: FourBitMatrix, change: LowRankChange, target: DeviceCodes, firstRow = 0): Promise<void> {
    // A change without directions still writes the base's codes.
    const rank = Math.max(4, change.rank)
    const pipeline = await this.#pipeline(rank)
    const device = this.#device
    device.pushErrorScope('validation')
    device.pushErrorScope('out-of-memory')
    this.#dispatch(pipeline, base, change, target, firstRow)
    const errors = await Promise.all([device.popErrorScope(), device.popErrorScope()])
    // A device says so only to who asks; without, the weights would stay as they were.
    for (const error of errors) if (error) throw new ModelUnusable({ detail: error.message })
  }

  #dispatch(
    pipeline: GPUComputePipeline,
    base: FourBitMatrix,
    change: LowRankChange,
    target: DeviceCodes,
    firstRow: number,
  ) {
    const own = this.#buffersOf(base, change, target, firstRow)
    const entries = [...own, target.buffer].map((buffer, binding) => ({ binding, resource: { buffer } }))
    const encoder = this.#device.createCommandEncoder()
    const pass = encoder.beginComputePass()
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, this.#device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }))
    pass.dispatchWorkgroups(Math.ceil(base.outputs / ROWS))
    pass.end()
    this.#device.queue.submit([encoder.finish()])
    // Freed once the work is done.
    for (const buffer of own) buffer.destroy()
  }

  /** What a thread reads, in the order of its bindings. */
  #buffersOf(base: FourBitMatrix, change: LowRankChange, { firstWord }: DeviceCodes, firstRow: number): GPUBuffer[] {
    const isNothing = change.rank === 0
    return [
      this.#buffer(Uint32Array.of(base.outputs, base.inputs, firstRow, firstWord, change.seed, 0, 0, 0), 'uniform'),
      this.#buffer(base.codes, 'storage'),
      this.#buffer(scaleTable(base.scales), 'storage'),
      this.#buffer(isNothing ? new Float32Array(base.outputs * 4) : change.coefficients, 'storage'),
      this.#buffer(isNothing ? new Float32Array(base.inputs * 4) : change.directions, 'storage'),
      this.#buffer(isNothing ? new Float32Array(base.inputs) : pullOf(change), 'storage'),
    ]
  }

  #buffer(content: Uint32Array | Float32Array, kind: 'uniform' | 'storage'): GPUBuffer {
    const usage = BUFFER_USAGE[kind] | BUFFER_USAGE.copyTarget
    const buffer = this.#device.createBuffer({ size: content.byteLength, usage })
    this.#device.queue.writeBuffer(buffer, 0, content as Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>)
    return buffer
  }

  #pipeline(rank: number): Promise<GPUComputePipeline> {
    const known = this.#pipelines.get(rank)
    if (known) return known
    const module = this.#device.createShaderModule({ code: shaderOf(rank) })
    const pipeline = this.#device.createComputePipelineAsync({ layout: 'auto', compute: { module } })
    this.#pipelines.set(rank, pipeline)
    return pipeline
  }
}

/**
 * A compiler may fuse a product and a sum into one step with one rounding, which another does not, and one bit of difference
 * in a row's error decides about all that follows. `exact` keeps each step apart: no compiler knows that `zero` is 0.
 * https://www.w3.org/TR/WGSL/#reassociation-and-fusion
 */
const shaderOf = (rank: number): string => /* wgsl */ `
struct Sizes { rows: u32, inputs: u32, firstRow: u32, firstWord: u32, seed: u32, zero: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> base: array<u32>;
@group(0) @binding(2) var<storage, read> scales: array<vec2f>;
@group(0) @binding(3) var<storage, read> coefficients: array<vec4f>;
@group(0) @binding(4) var<storage, read> directions: array<vec4f>;
@group(0) @binding(5) var<storage, read> pull: array<f32>;
@group(0) @binding(6) var<storage, read_write> codes: array<u32>;

const QUARTERS = ${rank / 4}u;

fn exact(value: f32) -> f32 { return bitcast<f32>(bitcast<u32>(value) ^ sizes.zero); }
fn exact4(value: vec4f) -> vec4f { return bitcast<vec4f>(bitcast<vec4u>(value) ^ vec4u(sizes.zero)); }
fn total(sums: vec4f) -> f32 { return exact(exact(sums.x + sums.y) + exact(sums.z + sums.w)); }

fn mix32(value: u32) -> u32 {
  var bits = value;
  bits = (bits ^ (bits >> 16u)) * 0x85ebca6bu;
  bits = (bits ^ (bits >> 13u)) * 0xc2b2ae35u;
  return bits ^ (bits >> 16u);
}

@compute @workgroup_size(${ROWS})
fn main(@builtin(global_invocation_id) thread: vec3u) {
  let row = thread.x;
  if (row >= sizes.rows) { return; }
  let seed = mix32(sizes.seed ^ ((sizes.firstRow + row + 1u) * 0x9e3779b1u));
  let words = sizes.inputs / 8u;
  var error: array<vec4f, QUARTERS>;
  for (var word = 0u; word < words; word++) {
    let old = base[row * words + word];
    let scale = scales[(row * words + word) / 4u];
    var packed = 0u;
    for (var place = 0u; place < 8u; place++) {
      let column = word * 8u + place;
      var wantedSums = vec4f();
      var alongSums = vec4f();
      for (var quarter = 0u; quarter < QUARTERS; quarter++) {
        let direction = directions[column * QUARTERS + quarter];
        wantedSums = exact4(wantedSums + exact4(coefficients[row * QUARTERS + quarter] * direction));
        alongSums = exact4(alongSums + exact4(error[quarter] * direction));
      }
      let wanted = total(wantedSums);
      let steps = clamp(exact(wanted * scale.y), -${MOST_STEPS}f, ${MOST_STEPS}f);
      let below = floor(steps);
      let chance = f32(mix32(seed + (column + 1u) * 0x85ebca77u) >> 8u) * 0x1p-24f;
      let threshold = exact(${THRESHOLD}f + exact(${DITHER}f * chance));
      let feedback = exact(exact(total(alongSums) * scale.y) * pull[column]);
      let up = select(0, 1, exact(steps - below) > exact(threshold + feedback));
      let code = i32((old >> (place * 4u)) & 15u);
      let chosen = clamp(code + i32(below) + up, 0, 14);
      packed |= u32(chosen) << (place * 4u);
      let missed = exact(exact(f32(chosen - code) * scale.x) - wanted);
      for (var quarter = 0u; quarter < QUARTERS; quarter++) {
        error[quarter] = exact4(error[quarter] + exact4(missed * directions[column * QUARTERS + quarter]));
      }
    }
    codes[sizes.firstWord + row * words + word] = packed;
  }
}
`
