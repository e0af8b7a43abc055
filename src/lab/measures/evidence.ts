import type { AnswerSentence, PassageId } from '../../domain'
import type { EvidenceAddress } from '../question-set'

/** How well an answer's citations meet the evidence: shares, 0 to 1. Absent where there is nothing to divide by. */
export interface CitationScores {
  /** Of the cited passages, those that hold some of the evidence. */
  precision?: number
  /** Of the evidence, what a cited passage holds. */
  recall?: number
}

/** Nothing is told of a question whose evidence is not known. An answer without citations has recall 0 and no precision. */
export function citationScores(
  sentences: readonly AnswerSentence[],
  evidence: readonly EvidenceAddress[],
): CitationScores {
  if (evidence.length === 0) return {}
  const cited = [...new Set(sentences.flatMap(({ citations }) => citations.map(({ passage }) => passage)))]
  const right = cited.filter((passage) => evidence.some((address) => passageHolds(passage, address)))
  const found = evidence.filter((address) => cited.some((passage) => passageHolds(passage, address)))
  return {
    ...(cited.length > 0 && { precision: right.length / cited.length }),
    recall: found.length / evidence.length,
  }
}

/** 1 when one of the passages given holds evidence, 0 when none does; undefined where the evidence is not known. */
export function retrievalRecall(
  passages: readonly PassageId[],
  evidence: readonly EvidenceAddress[],
): number | undefined {
  if (evidence.length === 0) return undefined
  return passages.some((passage) => evidence.some((address) => passageHolds(passage, address))) ? 1 : 0
}

/** Share of the sentences, among those that were checked against their passages, that these hold. */
export function supportOf(sentences: readonly AnswerSentence[]): number | undefined {
  const checked = sentences.filter(({ support }) => support === 'supported' || support === 'unsupported')
  if (checked.length === 0) return undefined
  return checked.filter(({ support }) => support === 'supported').length / checked.length
}

const passageId = /^(.+)\/(\d+)\/(\d+)-(?:(\d+)\/)?(\d+)$/

/** Does a passage hold at least half of the evidence's characters? Told from its id, which is its address (domain.ts). */
export function passageHolds(id: PassageId, { document, page, start, end }: EvidenceAddress): boolean {
  const [, held, firstPage, from, lastPage = firstPage, to] = passageId.exec(id) ?? []
  if (held !== document) return false
  const [first, last] = [Number(firstPage), Number(lastPage)]
  if (page < first || page > last) return false
  const begin = page === first ? Math.max(start, Number(from)) : start
  const stop = page === last ? Math.min(end, Number(to)) : end
  return stop - begin >= (end - start) / 2
}
