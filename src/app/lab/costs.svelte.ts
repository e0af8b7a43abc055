import { articleExample, costTable, type Prices, type Usage } from '../../lab/cost'
import type { Database } from '../../storage/database'
import { getSetting, setSetting, type Settings } from '../../storage/settings'

type Kept = Settings['labCosts']

export const CURRENCIES = ['USD', 'EUR', 'GBP', 'JPY', 'CNY', 'KRW'] as const
export type Currency = (typeof CURRENCIES)[number]

/** Least values: a preparation and a pass there always are, of everything else there may be none. */
export const leastOf = (name: keyof Usage | keyof Prices): number => (name === 'updates' || name === 'epochs' ? 1 : 0)

const example = (): Kept => ({
  prices: { ...articleExample.prices },
  usage: { ...articleExample.usage },
  currency: 'USD',
})

/** Prices and amounts as a person has put them, the article's to begin with; kept from visit to visit. */
export class Costs {
  #kept = $state.raw(example())
  readonly table = $derived.by(() => costTable(this.#kept.usage, this.#kept.prices))
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  get prices(): Prices {
    return this.#kept.prices
  }
  get usage(): Usage {
    return this.#kept.usage
  }
  get currency(): Currency {
    return this.#kept.currency
  }

  /** What was kept and is no amount gives way to the article's. */
  async load(): Promise<void> {
    const kept = await getSetting(this.#db, 'labCosts')
    const { prices, usage } = example()
    this.#kept = {
      prices: amountsIn(prices, kept?.prices),
      usage: amountsIn(usage, kept?.usage),
      currency: CURRENCIES.find((known) => known === kept?.currency) ?? 'USD',
    }
  }

  setPrices(prices: Partial<Prices>): void {
    this.#keep({ ...this.#kept, prices: amountsIn(this.prices, prices) })
  }

  setUsage(usage: Partial<Usage>): void {
    this.#keep({ ...this.#kept, usage: amountsIn(this.usage, usage) })
  }

  setCurrency(currency: Currency): void {
    this.#keep({ ...this.#kept, currency })
  }

  /** Back to the article's example. */
  reset(): void {
    this.#kept = example()
    void setSetting(this.#db, 'labCosts', undefined).catch(() => undefined)
  }

  /** Amounts that cannot be kept (full disk) still hold until the page is closed. */
  #keep(kept: Kept): void {
    this.#kept = kept
    void setSetting(this.#db, 'labCosts', kept).catch(() => undefined)
  }
}

/** `wanted` where it is an amount that can be, else what `standing` says. */
function amountsIn<Amounts extends Prices | Usage>(standing: Amounts, wanted: Partial<Amounts> | undefined): Amounts {
  const names = Object.keys(standing) as (keyof Amounts & (keyof Prices | keyof Usage))[]
  return Object.fromEntries(
    names.map((name) => {
      const value: unknown = wanted?.[name]
      return [
        name,
        typeof value === 'number' && Number.isFinite(value) && value >= leastOf(name) ? value : standing[name],
      ]
    }),
  ) as Amounts
}
