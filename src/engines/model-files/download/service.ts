import type { DownloadApi } from '../../../threads/protocols'
import { downloadModel, type DownloadRequest } from './download'
import { PATIENCE, type Patience } from './patience'
import { preflight, type Preflight } from './preflight'
import type { DownloadProgress } from './progress'
import { inspectRepository, type Repository } from './repository'
import type { HubSource } from './source'

/** The download worker: the only thread that may reach another host, and one that is never given a document. */
export class DownloadService implements DownloadApi {
  readonly #patience: Patience

  constructor(patience: Patience = PATIENCE) {
    this.#patience = patience
  }

  preflight(request: DownloadRequest, signal: AbortSignal): Promise<Preflight> {
    return preflight(request, signal)
  }

  inspect(source: HubSource, probed: readonly string[], signal: AbortSignal): Promise<Repository> {
    return inspectRepository(source, probed, signal)
  }

  download(
    request: DownloadRequest,
    onProgress: (progress: DownloadProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    return downloadModel(request, (progress) => onProgress(progress), signal, this.#patience)
  }
}
