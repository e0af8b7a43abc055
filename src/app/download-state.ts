import type { DownloadProgress } from '../engines/model-files/download/progress'
import type { FumikuraError } from '../errors'

/** How far the files of a model have come. */
export type DownloadState =
  | { kind: 'absent' }
  /** Behind another model that is being downloaded. */
  | { kind: 'queued' }
  /** What an earlier download has left is hashed, or bytes arrive; `elsewhere` where another tab does it. */
  | { kind: 'verifying' | 'downloading'; progress?: DownloadProgress; elsewhere?: true }
  /** Some of it is here, and nobody adds to it. */
  | { kind: 'paused'; bytes: number }
  | { kind: 'kept'; bytes: number }
  /** What has arrived stays here too. */
  | { kind: 'failed'; error: FumikuraError }

export type Moving = Extract<DownloadState, { kind: 'verifying' | 'downloading' }>

export const isMoving = (state: DownloadState): state is Moving =>
  state.kind === 'downloading' || state.kind === 'verifying'
