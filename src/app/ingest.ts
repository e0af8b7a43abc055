import { proxy } from '../threads/expose'
import type { IngestApi, IngestProgress, IngestRequest, IngestResult } from '../threads/protocols'
import { RestartableWorker } from './restartable-worker'

/** Reads one file to the end and keeps it: what the queue needs of the ingest worker. */
export type Ingest = (
  request: IngestRequest,
  onProgress: (progress: IngestProgress) => void,
  signal: AbortSignal,
) => Promise<IngestResult>

export const startIngestWorker = (): Worker =>
  new Worker(new URL('../../workers/ingest.ts', import.meta.url), { type: 'module', name: 'ingest' })

/**
 * `Ingest` in a worker of its own.
 * @throws Interrupted when the worker died; AbortError when stopped, even if the worker hangs
 */
export function ingestInWorker(worker = new RestartableWorker<IngestApi>(startIngestWorker)): Ingest {
  return (request, onProgress, signal) =>
    worker.call((api) => api.ingest(request, proxy(onProgress), signal) as Promise<IngestResult>, signal)
}
