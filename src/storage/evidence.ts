import type { Evidence, KeptEvidence } from '../domain'
import { EvidenceGone } from '../errors'
import type { Database } from './database'
import { getPassageById } from './passages'

/**
 * Reads the passages of evidence that was kept with a turn.
 * @throws EvidenceGone when one of them is no longer there: an answer from the others would not be one from the same
 */
export const readEvidence = (db: Database, evidence: readonly KeptEvidence[]): Promise<Evidence[]> =>
  Promise.all(
    evidence.map(async ({ passage: id, ...rest }): Promise<Evidence> => {
      const passage = await getPassageById(db, id)
      if (!passage) throw new EvidenceGone()
      return { ...rest, passage }
    }),
  )
