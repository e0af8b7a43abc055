import type { AnswerSentence } from '../../domain'
import { t } from '../../i18n/i18n.svelte'

/** What is to be said against a sentence that a model wrote, in whole sentences; nothing against most. */
export function doubts({ text, support, citations, unheldNumbers = [] }: AnswerSentence): string[] {
  const said: string[] = []
  if (support === 'unchecked') said.push(t('chat.uncheckedWhy'))
  if (support === 'unsupported' && unheldNumbers.length === 0)
    said.push(citations.length ? t('chat.unsupportedWhy') : t('chat.unsupportedAlone'))
  if (unheldNumbers.length) {
    const numbers = unheldNumbers.map(([start, end]) => text.slice(start, end)).join(', ')
    said.push(t('chat.unheldNumbers', { numbers }))
  }
  return said
}
