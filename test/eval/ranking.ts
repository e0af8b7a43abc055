/** How well a retriever ranked the right passages, as shares of the questions. */
export interface Ranking {
  recall1: number
  recall5: number
  recall10: number
  /** Mean of 1/rank, 0 where the right one is not among the first ten. */
  mrr10: number
}

/** @param ranks of the right passage for each question, from 1; Infinity where it was not found */
export function ranking(ranks: readonly number[]): Ranking {
  const mean = (value: (rank: number) => number) =>
    ranks.reduce((sum, rank) => sum + value(rank), 0) / Math.max(1, ranks.length)
  const recall = (at: number) => mean((rank) => (rank <= at ? 1 : 0))
  return {
    recall1: recall(1),
    recall5: recall(5),
    recall10: recall(10),
    mrr10: mean((rank) => (rank <= 10 ? 1 / rank : 0)),
  }
}

/** Adds the rank that a way of searching gave the right passage. */
export function noteRank(ranks: Map<string, number[]>, way: string, rank: number): void {
  const noted = ranks.get(way)
  if (noted) noted.push(rank)
  else ranks.set(way, [rank])
}

/** ".913": how the tables and the floors of the issue write a share. */
export const share = (value: number): string => value.toFixed(3).replace(/^0/, '')
