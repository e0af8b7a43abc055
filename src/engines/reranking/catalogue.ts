import rerankers from '../../../models/rerankers.json'
import type { EncoderModel } from '../encoder/model'

/**
 * A model that reads a question and a passage together and scores how well one answers the other, as
 * models/rerankers.json describes it. Its output is logits, of one label or of two.
 */
export type CrossEncoder = EncoderModel

/** All models that can be chosen, the recommended one first. */
export const catalogue = rerankers as unknown as readonly CrossEncoder[]
