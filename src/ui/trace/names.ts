import type { GateSigns } from '../../answering/gate'
import { errorText, hasErrorText, t, type Key } from '../../i18n/i18n.svelte'
import type { TracedCandidate, TracedStage } from '../../retrieval/trace'

type Fate = TracedCandidate['fate']
type FateName = Fate['name']

/** Texts without figures. */
type PlainKey = Extract<Key, `trace.stage${string}` | `trace.no${string}` | `trace.gate${string}`>

const stages: Readonly<Record<string, { name: PlainKey; note?: PlainKey }>> = {
  words: { name: 'trace.stageWords', note: 'trace.stageWordsNote' },
  lexicon: { name: 'trace.stageLexicon', note: 'trace.stageLexiconNote' },
  'question embedding': { name: 'trace.stageQuestionEmbedding', note: 'trace.stageQuestionEmbeddingNote' },
  meaning: { name: 'trace.stageMeaning', note: 'trace.stageMeaningNote' },
  fusion: { name: 'trace.stageFusion' },
  reading: { name: 'trace.stageReading', note: 'trace.stageReadingNote' },
  reranking: { name: 'trace.stageReranking', note: 'trace.stageRerankingNote' },
  selection: { name: 'trace.stageSelection', note: 'trace.stageSelectionNote' },
}

const reasons: Readonly<Record<string, PlainKey>> = {
  'no embedder': 'trace.noEmbedder',
  'no lexicon': 'trace.noLexicon',
  'no reranker': 'trace.noReranker',
  opening: 'trace.noModelYet',
  slow: 'trace.noTimelyModel',
}

const signs: Readonly<Record<keyof GateSigns | 'constant', PlainKey>> = {
  constant: 'trace.gateConstant',
  surroundings: 'trace.gateSurroundings',
  termCoverage: 'trace.gateTermCoverage',
  missingNames: 'trace.gateMissingNames',
  missingNouns: 'trace.gateMissingNouns',
}

/** The text of a key that takes no figures: `t` cannot tell that of a key that is chosen at run time. */
const plain = (key: PlainKey): string => (t as (key: PlainKey) => string)(key)

/** A stage's name in the interface's language; of one that is not known here, as it calls itself. */
export const stageName = (stage: string): string => {
  const known = stages[stage]
  return known ? plain(known.name) : stage
}

/** What a stage does, in one sentence; undefined for those not known here. */
export const stageNote = (stage: string): string | undefined => {
  const note = stages[stage]?.note
  return note && plain(note)
}

/** "Not run: no embedding model is chosen"; undefined for a stage that ran. A reason not known here is told as it is. */
export const skippedText = ({ skipped }: Pick<TracedStage, 'skipped'>): string | undefined => {
  if (skipped === undefined) return undefined
  const known = reasons[skipped]
  const reason = known ? plain(known) : hasErrorText(skipped) ? errorText({ key: skipped, params: {} }) : skipped
  return reason ? t('trace.skippedBecause', { reason }) : t('trace.skipped')
}

export const signName = (sign: keyof GateSigns | 'constant'): string => plain(signs[sign])

/** In the order in which the filter offers them. */
export const FATES: readonly FateName[] = [
  'evidence',
  'repetition',
  'near duplicate',
  'document limit',
  'limit',
  'removed',
]

/** A kind of fate in one or two words, for the filter. */
export function fateName(name: FateName): string {
  switch (name) {
    case 'evidence':
      return t('trace.fateEvidenceName')
    case 'repetition':
      return t('trace.fateRepetitionName')
    case 'near duplicate':
      return t('trace.fateNearDuplicateName')
    case 'document limit':
      return t('trace.fateDocumentLimitName')
    case 'limit':
      return t('trace.fateLimitName')
    case 'removed':
      return t('trace.fateRemovedName')
  }
}

/**
 * What became of a candidate, in one sentence.
 * @param evidence how many became evidence
 * @param better number of the candidate that it gave way to, where there is one among the candidates
 */
export function fateText(fate: Fate, evidence: number, better?: number): string {
  const other = better === undefined ? t('trace.fateBetterUnknown') : t('trace.fateBetter', { number: better })
  switch (fate.name) {
    case 'evidence':
      return t('trace.fateEvidence', { rank: fate.rank })
    case 'repetition':
      return t('trace.fateRepetition', { better: other })
    case 'near duplicate':
      return t('trace.fateNearDuplicate', { better: other })
    case 'document limit':
      return t('trace.fateDocumentLimit')
    case 'limit':
      return t('trace.fateLimit', { count: evidence })
    case 'removed':
      return t('trace.fateRemoved')
  }
}

/** "page 5", "page 5–6"; in a document without pages "passage 12". */
export function whereText({ pages, ordinal }: Pick<TracedCandidate, 'pages' | 'ordinal'>, paged = true): string {
  if (!paged || !pages.length) return t('trace.whereOrdinal', { ordinal: ordinal + 1 })
  return t('trace.where', { pages: pageRange(pages) })
}

/** "5", "5–6". */
export function pageRange(pages: readonly number[]): string {
  const [first, last] = [Math.min(...pages), Math.max(...pages)]
  return first === last ? String(first) : `${first}–${last}`
}
