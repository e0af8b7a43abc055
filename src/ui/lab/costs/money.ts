import { locale } from '../../../i18n/i18n.svelte'

/** Money of any size, to three significant digits below a hundred: "$0.000228", "$1,234.50", 「￥12」. */
export const formatMoney = (amount: number, currency: string): string =>
  new Intl.NumberFormat(locale.language, {
    style: 'currency',
    currency,
    ...(Math.abs(amount) < 100 && { minimumSignificantDigits: 1, maximumSignificantDigits: 3 }),
  }).format(amount)

/** A number to the tenth: seconds, factors. */
export const formatTenth = (value: number): string =>
  new Intl.NumberFormat(locale.language, { maximumFractionDigits: value < 1 ? 2 : 1 }).format(value)

/** "US Dollar (USD)", 「米ドル (USD)」. */
export const currencyName = (currency: string): string =>
  `${new Intl.DisplayNames([locale.language], { type: 'currency' }).of(currency) ?? currency} (${currency})`
