import type { Report } from '../measure/report'
import type { Measured, Setting } from './llm/main'
import { madeModel, measureMadeModel } from './made-model'

export const title = 'Tokens per second of the language model worker, beside a bare generate of transformers.js'

/** Issue 4. Below the least, ours is slower; above the most, the comparison itself is to be looked at. */
const LEAST = 0.95
const MOST = 1.05
const FOLLOW_UP = 4
/** Of the runtime's heap, which grows and never shrinks. */
const GROWTH = 0.02

/** On wasm, which every machine has; on a graphics processor of software figures would mean nothing. */
export default async function run(): Promise<Report> {
  const report: Report = {
    name: 'llm',
    title,
    columns: ['what', 'ours', 'bare generate', 'ratio'],
    rows: [],
    floors: [],
  }
  const setting: Setting = { ...madeModel, rounds: 15, words: 80, maxTokens: 24, turns: 200 }
  const measured = await measureMadeModel<Setting, Measured>(report, 'test/bench/llm/index.html', setting)
  if (measured) describe(report, measured)
  return report
}

function describe(report: Report, { ours, bare, asyncify, followUp, memory, promptTokens, threads }: Measured): void {
  const step = ({ tokens, decoding }: { tokens: number; decoding: number }) => decoding / (tokens - 1)
  const [oursStep, bareStep] = [quick(ours.map(step)), quick(bare.map(step))]
  compare(report, 'decode, tokens/s', 1000 / oursStep, 1000 / bareStep, bareStep / oursStep)
  const first = (run: { firstToken: number }) => run.firstToken
  const [oursFirst, bareFirst] = [quick(ours.map(first)), quick(bare.map(first))]
  compare(report, `first token of ${promptTokens}, ms`, oursFirst, bareFirst, bareFirst / oursFirst)
  const asyncifyStep = quick(asyncify.map(step))
  report.rows.push([
    'decode, tokens/s: the build for browsers that cannot suspend wasm',
    (1000 / asyncifyStep).toFixed(1),
    '-',
    (oursStep / asyncifyStep).toFixed(2),
  ])
  // The beginning of a character is not shown by ours.
  const trimmed = ({ text }: { text: string }) => text.replace(/\uFFFD+$/, '')
  const same = ours.filter((run, round) => trimmed(run) === trimmed(bare[round]!)).length
  hold(report, 'the same answers', `${ours.length}`, String(same), same === ours.length)
  const [reusing, fresh] = [quick(followUp.reusing), quick(followUp.fresh)]
  report.rows.push(['follow-up, first token, ms: prefix reused', reusing.toFixed(1), '-', '-'])
  report.rows.push(['follow-up, first token, ms: from the start', fresh.toFixed(1), '-', '-'])
  const times = fresh / reusing
  hold(report, 'follow-up beside one from the start', `>= ${FOLLOW_UP}x`, `${times.toFixed(1)}x`, times >= FOLLOW_UP)
  describeMemory(report, memory)
  report.notes = [
    `quickest quarter of ${ours.length} rounds in turn; wasm, threads: ${threads}; the same weights and runtime for both`,
  ]
}

function describeMemory(report: Report, memory: Measured['memory']): void {
  for (const { turn, wasm, page } of memory)
    report.rows.push([
      `memory after ${turn} turns, MB: runtime / page`,
      `${megabytes(wasm)} / ${megabytes(page)}`,
      '-',
      '-',
    ])
  const [early, late] = memory as [Measured['memory'][0], Measured['memory'][0]]
  const grown = late.wasm / early.wasm - 1
  const what = `growth of the runtime's heap from turn ${early.turn} to ${late.turn}`
  hold(report, what, `<= ${100 * GROWTH} %`, `${(100 * grown).toFixed(1)} %`, grown <= GROWTH)
}

function compare(report: Report, what: string, ours: number, bare: number, ratio: number): void {
  report.rows.push([what, ours.toFixed(1), bare.toFixed(1), ratio.toFixed(2)])
  const floor = `>= ${LEAST}${ratio > MOST ? `; above ${MOST}: ours is faster` : ''}`
  hold(report, `speed beside the bare generate: ${what}`, floor, ratio.toFixed(2), ratio >= LEAST)
}

const hold = (report: Report, name: string, floor: string, value: string, held: boolean): void =>
  void report.floors.push({ name, floor, value, held })

/** The lower quartile: what else the machine does only ever makes a round slower. */
const quick = (milliseconds: number[]): number => milliseconds.toSorted((a, b) => a - b)[milliseconds.length >> 2]!

const megabytes = (bytes: number | undefined): string => (bytes === undefined ? '-' : (bytes / 1e6).toFixed(1))
