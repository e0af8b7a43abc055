/**
 * Okapi BM25 (Robertson and Zaragoza 2009). Chosen on 3,500 questions of JaQuAD's training half and 2,144 English pairs,
 * where k1 of .4 to .8 and b of .5 to .8 lie within half a point of each other.
 */
export const k1 = 0.8
export const b = 0.7

/** Weight of a term that `containing` of `passages` passages hold; never negative. */
export const inverseDocumentFrequency = (passages: number, containing: number): number =>
  Math.log(1 + (passages - containing + 0.5) / (containing + 0.5))

/** How much `frequency` occurrences count (0 to k1 + 1) in a passage of `length` terms where the average is `average`. */
export const saturation = (frequency: number, length: number, average: number): number =>
  (frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * length) / average))
