/** How far a model is on its way from the disk to a device. */
export interface LoadProgress {
  stage: 'reading' | 'starting'
  /** Bytes read so far. */
  bytes: number
  /** Bytes in all. */
  total: number
}
