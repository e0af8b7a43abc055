import { locale } from '../../i18n/i18n.svelte'

/** A figure that speaks for or against: "+2.31", "−0.80", "0.00". */
export const formatSigned = (value: number): string =>
  new Intl.NumberFormat(locale.language, {
    signDisplay: 'exceptZero',
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  })
    .format(value)
    .replace('-', '−')

/** A value's share of the greatest, 0 to 1; none where either is not above 0. */
export const shareOf = (value: number, greatest: number): number =>
  value > 0 && greatest > 0 ? Math.min(1, value / greatest) : 0
