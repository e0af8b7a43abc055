import type { Answer } from '../domain'
import { formatSeconds, t } from '../i18n/i18n.svelte'

/**
 * How the writing went: tokens, the time to the first one, their speed, and what rounding has left of adapters. Nothing for
 * quotations.
 */
export const writingFigures = ({ generation }: Pick<Answer, 'generation'>): string[] =>
  generation
    ? [
        t('chat.written', { count: generation.generatedTokens }),
        t('chat.firstToken', { time: formatSeconds(generation.firstToken) }),
        ...(generation.tokensPerSecond === undefined
          ? []
          : [t('chat.speed', { speed: Math.round(generation.tokensPerSecond * 10) / 10 })]),
        ...(generation.survival
          ? [
              t('chat.survival', {
                share: Math.round(generation.survival.gain * 100),
                plain: Math.round(generation.survival.plainGain * 100),
              }),
            ]
          : []),
      ]
    : []
