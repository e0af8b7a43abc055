import type { QuestionFault } from '../../../app/lab/question-faults'
import type { DraftedPassage } from '../../../app/lab/drafting.svelte'
import type { SetView } from '../../../app/lab/lab-questions.svelte'
import type { SetCounts } from '../../../app/lab/question-sets.svelte'
import { t } from '../../../i18n/i18n.svelte'
import type { Finding } from '../../../lab/hygiene/hygiene'
import type { QuestionState } from '../../../lab/question-set'
import type { Leak } from '../../../lab/run'

/** A, B, C… */
export const letterOf = (index: number): string => String.fromCharCode(65 + index)

/** The states of a question by their names. */
export const stateNames = (): Record<QuestionState, string> => ({
  confirmed: t('labQuestions.confirmed'),
  draft: t('labQuestions.draft'),
  rejected: t('labQuestions.rejected'),
})

export const viewNames = (): Record<SetView, string> => ({
  list: t('labQuestions.viewList'),
  drafts: t('labQuestions.viewDrafts'),
  split: t('labQuestions.viewSplit'),
  tidiness: t('labQuestions.viewTidiness'),
})

/** What is to be told of the number of a set's questions, shortest first. */
export function countTexts({ all, confirmed, draft, rejected, choice, open }: SetCounts): string[] {
  if (all === 0) return [t('labQuestions.counts', { count: 0 })]
  return [
    t('labQuestions.counts', { count: all }),
    t('labQuestions.countStates', { confirmed, draft, rejected }),
    t('labQuestions.countKinds', { choice, open }),
  ]
}

export function questionFaultText(fault: QuestionFault): string {
  switch (fault.fault) {
    case 'question':
      return t('labQuestions.faultQuestion')
    case 'options':
      return t('labQuestions.faultOptions')
    case 'right':
      return t('labQuestions.faultRight')
    case 'id':
      return t('labQuestions.faultId')
    case 'idTaken':
      return t('labQuestions.faultIdTaken')
    case 'optionEmpty':
      return t('labQuestions.faultOptionEmpty', { letter: letterOf(fault.index) })
    case 'optionTwice':
      return t('labQuestions.faultOptionTwice', { letter: letterOf(fault.index) })
    case 'answerEmpty':
      return t('labQuestions.faultAnswerEmpty', { number: fault.index + 1 })
  }
}

/** Why a draft was not kept. */
export function dropText(reason: DraftedPassage['dropped'][number]['reason']): string {
  switch (reason) {
    case 'notInPassage':
      return t('lab.dropNotInPassage')
    case 'unclear':
      return t('lab.dropUnclear')
    case 'repeated':
      return t('lab.dropRepeated')
    case 'lessSpecific':
      return t('lab.dropLessSpecific')
    case 'known':
      return t('labQuestions.dropKnown')
  }
}

export const leakText = ({ by, train, test, likeness }: Leak): string =>
  by === 'evidence'
    ? t('lab.leakEvidence', { train, test })
    : t('lab.leakWording', { train, test, likeness: Math.round(100 * likeness) })

export function findingText({ kind, params }: Pick<Finding, 'kind' | 'params'>): string {
  const of = (name: string) => params[name] ?? ''
  const form = of('form')
  switch (kind) {
    case 'notation':
      return t('lab.hygieneNotation', { form, preferred: of('preferred') })
    case 'language':
      return of('found') === 'en' ? t('lab.hygieneLanguageEn') : t('lab.hygieneLanguageJa')
    case 'duplicate':
      return t('lab.hygieneDuplicate', { other: of('other'), likeness: of('likeness') })
    case 'contradiction':
      return t('lab.hygieneContradiction', { other: of('other') })
    case 'sameOption':
      return t('lab.hygieneSameOption', { form })
    case 'optionCount':
      return t('lab.hygieneOptionCount', { count: of('count'), usual: of('usual') })
    case 'inconsistent':
      if (form === '') return t('lab.hygieneInconsistentMissing', { usual: of('usual') })
      if (of('usual') === '') return t('lab.hygieneInconsistentExtra', { form })
      return t('lab.hygieneInconsistent', { form, usual: of('usual') })
    case 'symbols':
      return t('lab.hygieneSymbols', { form })
    case 'reference':
      return t('lab.hygieneReference', { form })
    case 'unbalanced':
      return t('lab.hygieneUnbalanced', { form, share: of('share') })
  }
}
