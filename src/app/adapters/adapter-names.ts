import type { AnswerAdapter } from '../../domain'
import { formatNumber, t } from '../../i18n/i18n.svelte'
import { adapterTitle } from './adapter-title'

/** "×0.5" */
export const strengthText = (strength: number): string => `×${formatNumber(Math.round(strength * 100) / 100)}`

/** "Gozaru, JSON ×0.5": a strength of 1 is how an adapter was trained, and goes without saying. */
export const adaptersText = (adapters: readonly AnswerAdapter[]): string =>
  adapters
    .map((one) => (one.strength === 1 ? adapterTitle(one) : `${adapterTitle(one)} ${strengthText(one.strength)}`))
    .join(t('chat.comma'))

/** "with: Gozaru, JSON ×0.5"; nothing for an answer without adapters. */
export const withText = (adapters: readonly AnswerAdapter[] | undefined): string[] =>
  adapters?.length ? [t('chat.with', { adapters: adaptersText(adapters) })] : []
