import type { TracedCandidate } from '../../retrieval/trace'
import type { Place } from '../../retrieval/selection'

/** What can be done with a passage of a trace. */
export interface PassageActions {
  /** Opens it on its page; the focus comes back to `from`. */
  onopen: (place: Place, documentName: string, from: HTMLElement) => void
  /** Shows it among its neighbours. */
  onneighbours: (candidate: TracedCandidate, from: HTMLElement) => void
}
