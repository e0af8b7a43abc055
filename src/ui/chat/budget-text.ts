import type { AnswerNote, Answer, PromptBudget } from '../../domain'
import { formatSeconds, t } from '../../i18n/i18n.svelte'

/** "1,240 of 4,096 tokens: 6 passages, 2 turns" */
export function budgetText({ tokens, limit, passages, turns, summarised }: PromptBudget): string {
  const parts = [
    t('chat.budgetPassages', { count: passages }),
    ...(turns > 0 ? [t('chat.budgetTurns', { count: turns })] : []),
    ...(summarised ? [t('chat.budgetSummary')] : []),
  ]
  return t('chat.budget', { tokens, limit, parts: parts.join(t('chat.comma')) })
}

/** How the writing went: the prompt, the time to the first token, tokens per second. Nothing for quotations. */
export function generationText({ prompt, generation }: Answer): string[] {
  return [
    ...(prompt ? [budgetText(prompt)] : []),
    ...(generation ? [t('chat.firstToken', { time: formatSeconds(generation.firstToken) })] : []),
    ...(generation?.tokensPerSecond === undefined
      ? []
      : [t('chat.speed', { speed: Math.round(generation.tokensPerSecond * 10) / 10 })]),
  ]
}

/** What a person should know of a written answer. */
export function noteText(note: AnswerNote): string {
  if (note === 'otherLanguage') return t('chat.noteOtherLanguage')
  return note === 'cutShort' ? t('chat.noteCutShort') : t('chat.noteRepetition')
}
