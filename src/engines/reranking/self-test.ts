import type { RerankApi } from '../../threads/protocols'
import { modelName } from '../encoder/model'
import type { SelfTest } from '../encoder/owner'
import type { CrossEncoder } from './catalogue'

const ENGLISH =
  'The company grants ten days of paid leave to everyone who has worked for six months and came on four days of five.'
const JAPANESE =
  '会社は、採用日から六か月を継続して勤務し、所定の労働日の八割以上に出勤した社員に対して、十日の年次有給休暇を与える。'

/** What the self-test asks: both languages and across them, short and long, right answers and wrong ones. */
const KNOWN_PAIRS: readonly { question: string; texts: string[] }[] = [
  { question: '有給休暇は何日もらえますか。', texts: [JAPANESE, ENGLISH, '雨'] },
  { question: 'How many days of paid leave are there?', texts: [ENGLISH, JAPANESE, 'rain'] },
]

/**
 * The least agreement of a device's scores with wasm's. Arithmetic in another order costs less than .001, and 16 bits cost a
 * few hundredths of a logit where right answers are several above wrong ones; scores that are wrong throughout differ by as
 * much as right answers do from wrong ones.
 */
const LEAST_AGREEMENT = 0.95

/** 1 less the largest difference, as a part of the range of the expected scores; 0 where something is no number. */
export function agreementOfScores(expected: Float32Array, found: Float32Array): number {
  const range = Math.max(...expected) - Math.min(...expected)
  const differences = Array.from(expected, (score, at) => Math.abs(score - found[at]!))
  const agreement = 1 - Math.max(...differences) / range
  return Number.isFinite(agreement) ? Math.max(0, agreement) : 0
}

export const rerankerTest: SelfTest<CrossEncoder, RerankApi> = {
  nameOf: ({ model, device, dtype }) => [device, dtype, modelName(model), model.maxTokens].map(String).join('/'),
  answers: async (api, signal) => {
    const scores: number[] = []
    for (const { question, texts } of KNOWN_PAIRS) scores.push(...(await api.score(question, texts, signal)))
    return Float32Array.from(scores)
  },
  agreement: agreementOfScores,
  least: LEAST_AGREEMENT,
}
