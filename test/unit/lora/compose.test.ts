import { expect, test } from 'vitest'
import type { LoraAdapter, LoraFactors } from '../../../src/lora/adapter'
import type { Branch } from '../../../src/lora/branches'
import { compose } from '../../../src/lora/compose'
import { Random } from '../../fixtures/random'

const random = new Random(5)
const floats = (length: number) => Float32Array.from({ length }, () => 2 * random.next() - 1)

const factors = (inputs: number, outputs: number, rank: number, scale: number): LoraFactors => ({
  rank,
  scale,
  inputs,
  outputs,
  a: floats(rank * inputs),
  b: floats(outputs * rank),
})

const adapterOf = (...modules: [string, LoraFactors][]): LoraAdapter => ({ modules: new Map(modules) })

const branchOf = (inputs: number, outputs: number, modules: Branch['modules']): Branch => ({
  a: 'A',
  b: 'B',
  inputs,
  outputs,
  type: 'float32',
  modules,
})

/** ΔW of a branch, outputs × inputs: sums of strength · scale · B · A at the rows of the module. */
function change(branch: Branch, adapters: { adapter: LoraAdapter; strength: number }[]): number[] {
  const sum = Array<number>(branch.outputs * branch.inputs).fill(0)
  for (const { adapter, strength } of adapters)
    for (const { module, start } of branch.modules) {
      const own = adapter.modules.get(module)
      for (let row = 0; own && row < own.outputs; row++)
        for (let column = 0; column < own.inputs; column++)
          for (let r = 0; r < own.rank; r++)
            sum[(start + row) * branch.inputs + column]! +=
              strength * own.scale * own.b[row * own.rank + r]! * own.a[r * own.inputs + column]!
    }
  return sum
}

/** The same from what is fed: (A · B)ᵀ. */
function fed(branch: Branch, adapters: { adapter: LoraAdapter; strength: number }[]): number[] {
  const { a, b, rank } = compose(
    branch,
    adapters.map((each) => ({ ...each, name: '' })),
  )!
  expect([a.length, b.length]).toEqual([branch.inputs * rank, rank * branch.outputs])
  return Array.from({ length: branch.outputs * branch.inputs }, (_, at) => {
    const [row, column] = [Math.floor(at / branch.inputs), at % branch.inputs]
    let sum = 0
    for (let r = 0; r < rank; r++) sum += a[column * rank + r]! * b[r * branch.outputs + row]!
    return sum
  })
}

const near = (one: number[], other: number[]) =>
  expect(Math.max(...one.map((value, at) => Math.abs(value - other[at]!)))).toBeLessThan(1e-5)

test('one adapter with its scale and strength', () => {
  const branch = branchOf(5, 3, [{ module: 'q', start: 0, count: 3 }])
  const adapter = adapterOf(['q', factors(5, 3, 2, 1.5)], ['elsewhere', factors(9, 9, 4, 1)])
  for (const strength of [1, 0.25, 1.5])
    near(fed(branch, [{ adapter, strength }]), change(branch, [{ adapter, strength }]))
})

test('a blend is the sum, of different ranks; the same adapter twice is one of the sum of strengths', () => {
  const branch = branchOf(6, 4, [{ module: 'q', start: 0, count: 4 }])
  const [one, two] = [adapterOf(['q', factors(6, 4, 1, 2)]), adapterOf(['q', factors(6, 4, 7, 0.5)])]
  const blend = [
    { adapter: one, strength: 0.7 },
    { adapter: two, strength: 1.1 },
  ]
  near(fed(branch, blend), change(branch, blend))
  const twice = [
    { adapter: one, strength: 0.5 },
    { adapter: one, strength: 0.75 },
  ]
  near(fed(branch, twice), change(branch, [{ adapter: one, strength: 1.25 }]))
})

test('the parts of a packed layer change their own columns only', () => {
  const branch = branchOf(6, 9, [
    { module: 'qkv', start: 0, count: 9 },
    { module: 'q', start: 0, count: 5 },
    { module: 'k', start: 5, count: 2 },
    { module: 'v', start: 7, count: 2 },
  ])
  const adapter = adapterOf(['q', factors(6, 5, 3, 1)], ['v', factors(6, 2, 2, 2)])
  const found = fed(branch, [{ adapter, strength: 1 }])
  near(found, change(branch, [{ adapter, strength: 1 }]))
  expect(found.slice(5 * 6, 7 * 6)).toEqual(Array(12).fill(0))
  const whole = adapterOf(['qkv', factors(6, 9, 2, 1)])
  const both = [
    { adapter, strength: 1 },
    { adapter: whole, strength: 0.5 },
  ]
  near(fed(branch, both), change(branch, both))
})

test('nothing, where no adapter changes the layer or its strength is nothing', () => {
  const branch = branchOf(6, 4, [{ module: 'q', start: 0, count: 4 }])
  const adapter = adapterOf(['q', factors(6, 4, 2, 1)])
  expect(compose(branch, [])).toBeUndefined()
  expect(compose(branch, [{ name: '', adapter, strength: 0 }])).toBeUndefined()
  expect(compose(branch, [{ name: '', adapter: adapterOf(['k', factors(6, 4, 2, 1)]), strength: 1 }])).toBeUndefined()
})
