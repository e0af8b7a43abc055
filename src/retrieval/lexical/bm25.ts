/**
 * Okapi BM25 (Robertson and Zaragoza 2009). On 3,080 questions of JaQuAD's training part and 2,144 English pairs, k1 from .4
 * to .8 and b from .5 to .8 lay within half a point of MRR@10; Japanese liked the low end and English the high. The high end
 * was taken because passages of real documents are longer and repeat their words more than paragraphs of an encyclopaedia.
 */
export const k1 = 0.8
export const b = 0.7

/** Weight of a term that `containing` of `passages` passages hold; never negative. */
export const inverseDocumentFrequency = (passages: number, containing: number): number =>
  Math.log(1 + (passages - containing + 0.5) / (containing + 0.5))

/** How much `frequency` occurrences count (0 to k1 + 1) in a passage of `length` terms where the average is `average`. */
export const saturation = (frequency: number, length: number, average: number): number =>
  (frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * length) / average))
