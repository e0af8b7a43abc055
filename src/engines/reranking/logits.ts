import { ModelUnusable } from '../../errors'
import type { BatchOutput } from '../encoder/run'

/**
 * The scores in the logits of a batch, texts × labels: the one logit, or the logarithm of the odds of the second label.
 * @throws ModelUnusable for any other number of labels, and for scores that are no numbers
 */
export function scoresOf({ values, dims }: BatchOutput, texts: number): number[] {
  const labels = values.length / texts
  if (labels !== 1 && labels !== 2) throw new ModelUnusable({ detail: `logits of ${dims.join(' × ')}` })
  return Array.from({ length: texts }, (_, at) => {
    const value = labels === 1 ? values[at]! : values[2 * at + 1]! - values[2 * at]!
    if (!Number.isFinite(value)) throw new ModelUnusable({ detail: `a score of ${value}` })
    return value
  })
}
