import type { AdapterEntry } from '../../engines/llm/adapters/catalogue'
import { locale } from '../../i18n/i18n.svelte'

/** The name of an adapter in the language of the interface. */
export const adapterTitle = ({ name }: Pick<AdapterEntry, 'name'>): string =>
  typeof name === 'string' ? name : name[locale.language]
