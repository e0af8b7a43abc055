import { ovadia, publishedMean, raft, type PublishedArm, type PublishedMean } from '../../../../lab/published/published'

export const PUBLISHED_ARMS = ['base', 'rag', 'lora', 'lora+rag'] as const satisfies readonly PublishedArm[]

/** What the thirty cells come to, arm by arm. */
export const publishedMeans = (): ({ arm: PublishedArm } & PublishedMean)[] =>
  PUBLISHED_ARMS.map((arm) => ({ arm, ...publishedMean(arm) }))

/** The second table, a row for each model; its columns in the paper's order. */
export const eventRows = (): { name: string; values: number[] }[] =>
  ovadia.models.map((name, at) => ({ name, values: ovadia.currentEvents.accuracy[at] ?? [] }))

/** RAFT's table, a row for each method. */
export const raftRows = (): { name: string; values: number[] }[] =>
  raft.rows.map(({ method, scores }) => ({ name: method, values: scores }))
