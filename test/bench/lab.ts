import type { Report } from '../measure/report'
import type { Measured, Setting } from './lab/main'
import { madeModel, measureMadeModel } from './made-model'

export const title = 'Scored options per second in the worker, beside a loop of bare forward passes'

/** Issue 7: with a long context that the options share. */
const LEAST = 2
const CONTEXTS = [10, 400]
/** Both compute in 32 bits, in another order. */
const NEAR = 0.02

export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'lab',
    title,
    columns: ['prompt, tokens', 'ours, options/s', 'next question on the same context', 'bare', 'ratio', 'difference'],
    rows: [],
    floors: [],
  }
  const setting: Setting = { ...madeModel, rounds: 7, contexts: CONTEXTS }
  const measured = await measureMadeModel<Setting, Measured[]>(report, 'test/bench/lab/index.html', setting)
  if (measured) describe(report, measured)
  return report
}

function describe(report: Report, measured: readonly Measured[]): void {
  for (const { promptTokens, ours, next, bare, difference } of measured) {
    const perSecond = (times: number[]) => 4000 / quick(times)
    const ratio = perSecond(ours) / perSecond(bare)
    const speeds = [ours, next, bare].map((times) => perSecond(times).toFixed(1))
    report.rows.push([promptTokens, ...speeds, ratio.toFixed(2), difference.toExponential(1)])
    const name = `${promptTokens} tokens shared by four options`
    if (promptTokens > 300)
      report.floors.push({ name, floor: `>= ${LEAST}x`, value: `${ratio.toFixed(2)}x`, held: ratio >= LEAST })
    const near = difference <= NEAR
    report.floors.push({
      name: `the same scores: ${name}`,
      floor: `<= ${NEAR}`,
      value: difference.toFixed(4),
      held: near,
    })
  }
  report.notes = ['quickest quarter of 7 rounds in turn; wasm; the same weights and runtime for both']
}

/** The lower quartile: what else the machine does only ever makes a round slower. */
const quick = (milliseconds: number[]): number => milliseconds.toSorted((a, b) => a - b)[milliseconds.length >> 2]!
