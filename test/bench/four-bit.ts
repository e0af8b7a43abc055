import type { Rounding } from '../../src/lora/four-bit-merge'
import type { Floor, Report } from '../measure/report'
import { measureMerge, RATIOS, ROUNDINGS, type Measured, type Shape } from './four-bit/survival'

export const title = 'A LoRA change merged into 4-bit weights: how much of it is left, and the noise that it costs'

const layers: Shape[] = [
  { outputs: 512, inputs: 1024, rank: 8 },
  { outputs: 256, inputs: 2048, rank: 16 },
  { outputs: 256, inputs: 2048, rank: 64 },
]

const rowOf = (shape: Shape, ratio: number, measured: Record<Rounding, Measured>): (string | number)[] => [
  `${shape.outputs} × ${shape.inputs}, rank ${shape.rank}`,
  `${ratio * 100} %`,
  ...ROUNDINGS.map((rounding) => measured[rounding].gain.toFixed(3)),
  ...ROUNDINGS.map((rounding) => measured[rounding].noise.toFixed(4)),
  ...ROUNDINGS.map((rounding) => measured[rounding].readError.toFixed(3)),
]

export default function run(): Promise<Report> {
  const rows: (string | number)[][] = []
  const floors: Floor[] = []
  const spent = { plain: 0, stochastic: 0, 'noise-shaped': 0 }
  let weights = 0
  for (const shape of layers)
    for (const ratio of RATIOS) {
      const measured = measureMerge(shape, ratio, 1)
      rows.push(rowOf(shape, ratio, measured))
      weights += shape.outputs * shape.inputs
      for (const rounding of ROUNDINGS) spent[rounding] += measured[rounding].milliseconds
      if (ratio === 0.01 && shape.rank <= 16) {
        const { gain } = measured['noise-shaped']
        const name = `gain of a 1 % change of rank ${shape.rank}, noise-shaped`
        floors.push({ name, floor: '>= .97', value: gain.toFixed(3), held: gain >= 0.97 })
      }
    }
  const names = ROUNDINGS.map((rounding) => `${rounding} ${(spent[rounding] / (weights / 1e6)).toFixed(0)} ms`)
  return Promise.resolve({
    name: 'four-bit',
    title,
    columns: [
      'layer',
      'change',
      ...['gain', 'noise', 'read error'].flatMap((of) => ROUNDINGS.map((by) => `${of}: ${by}`)),
    ],
    rows,
    floors,
    notes: [
      'Gain: the share of the change that is there. Noise: what is there besides, beside the weights (4 bits alone: .096).',
      'Read error: what is wrong in the directions that the adapter reads, beside what it was to do there.',
      `For a million weights, in JavaScript, dequantising what came out included: ${names.join(', ')}.`,
    ],
  })
}
