import { writingFigures } from '../../app/answer-figures'
import type { AnswerNote, Answer, PromptBudget } from '../../domain'
import { t } from '../../i18n/i18n.svelte'

/** "1,240 of 4,096 tokens: 6 passages, 2 turns" */
export function budgetText({ tokens, limit, passages, turns, summarised }: PromptBudget): string {
  const parts = [
    t('chat.budgetPassages', { count: passages }),
    ...(turns > 0 ? [t('chat.budgetTurns', { count: turns })] : []),
    ...(summarised ? [t('chat.budgetSummary')] : []),
  ]
  return t('chat.budget', { tokens, limit, parts: parts.join(t('chat.comma')) })
}

/** What the model was given, and how the writing went. Nothing for quotations. */
export const generationText = (answer: Answer): string[] => [
  ...(answer.prompt ? [budgetText(answer.prompt)] : []),
  ...writingFigures(answer),
]

const noteKeys = {
  otherLanguage: 'chat.noteOtherLanguage',
  cutShort: 'chat.noteCutShort',
  repetition: 'chat.noteRepetition',
  notJson: 'chat.noteNotJson',
  formatAside: 'chat.noteFormatAside',
} as const satisfies Record<AnswerNote, string>

/** What a person should know of a written answer. */
export const noteText = (note: AnswerNote): string => t(noteKeys[note])
