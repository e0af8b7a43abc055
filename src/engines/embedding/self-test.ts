import type { EmbedApi } from '../../threads/protocols'
import type { SelfTest } from '../encoder/owner'
import { embeddingSpace, type Embedder } from './catalogue'

/** What the self-test embeds: both languages, short and long, so that several shapes are tried. */
const KNOWN_TEXTS = [
  'rain',
  '有給休暇は何日もらえますか。',
  'Where is the rule about paid leave?',
  'The company grants ten days of paid leave to everyone who has worked for six months and came on four days of five.',
  '会社は、採用日から六か月を継続して勤務し、所定の労働日の八割以上に出勤した社員に対して、十日の年次有給休暇を与える。',
]

/**
 * The least cosine between a device's vector and wasm's for the device to be trusted. Arithmetic in another order, or in
 * 16 bits, stays above .9999; the wrong results that are known of are far below (.2 to .9).
 */
const LEAST_COSINE = 0.999

/** The lowest cosine between the rows of two matrices of unit vectors; 0 where one holds something that is no number. */
export function lowestCosine(one: Float32Array, other: Float32Array, dimension: number): number {
  let lowest = 1
  for (let row = 0; row < one.length; row += dimension) {
    let [product, a, b] = [0, 0, 0]
    for (let i = row; i < row + dimension; i++) {
      product += one[i]! * other[i]!
      a += one[i]! ** 2
      b += other[i]! ** 2
    }
    const cosine = product / Math.sqrt(a * b)
    lowest = Math.min(lowest, Number.isFinite(cosine) ? cosine : 0)
  }
  return lowest
}

/** Passages, whose vectors are stored: those of questions come from the same network. */
export const embedderTest: SelfTest<Embedder, EmbedApi> = {
  nameOf: (plan) =>
    [plan.device, plan.model.prefixes.query, ...Object.values(embeddingSpace(plan))]
      .map(String)
      .map(encodeURIComponent)
      .join('/'),
  answers: (api, signal) => api.embed(KNOWN_TEXTS, 'passage', signal),
  agreement: (expected, found, { dimension }) => lowestCosine(expected, found, dimension),
  least: LEAST_COSINE,
}
