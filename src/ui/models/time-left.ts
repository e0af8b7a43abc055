import { t } from '../../i18n/i18n.svelte'

/** "about to end", told no finer than it can be known: seconds below a minute and a half, minutes above. */
export function timeLeft(seconds: number): string {
  if (seconds < 90) return t('models.secondsLeft', { count: Math.max(1, Math.round(seconds)) })
  return t('models.minutesLeft', { count: Math.round(seconds / 60) })
}
