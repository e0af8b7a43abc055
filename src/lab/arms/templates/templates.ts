import type { Language } from '../../../domain'
import english from './en.json'
import japanese from './ja.json'

/** Texts that prompts for options, and for answers without passages, are made of. They are data, and part of a run's stamp. */
export type LabTemplates = Readonly<Record<keyof typeof english, string>>

export const labTemplates: Readonly<Record<Language, LabTemplates>> = { en: english, ja: japanese }
