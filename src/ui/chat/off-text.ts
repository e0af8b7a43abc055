import { adapterTitle } from '../../app/adapters/adapter-title'
import type { OffAdapter } from '../../app/adapters/adapter-choice.svelte'
import { t } from '../../i18n/i18n.svelte'

/** Why an adapter that was chosen is not worn, in a sentence. `name`: of the model that is ready. */
export function offText({ adapter: one, reason }: OffAdapter, name: string): string {
  const adapter = adapterTitle(one)
  if (reason === 'gone') return t('chat.adapterOffGone', { adapter })
  return reason === 'model' ? t('chat.adapterOffModel', { adapter, name }) : t('chat.adapterOffBase', { adapter, name })
}
