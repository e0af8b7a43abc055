import type { Preflight } from '../../engines/model-files/download/preflight'
import type { ModelSource } from '../../engines/model-files/download/source'
import type { DownloadState } from '../download-state'
import type { ModelEntry } from './model-entry'

/** The download of one model as its card draws it, whichever engine the model is for. */
export interface ModelDownload {
  readonly state: DownloadState
  /** What it would have taken, where there was no room for it. */
  readonly tooLarge: Preflight | undefined
  /** Finds out what is here of it. */
  look(): Promise<void>
  /** Begins or goes on, at the word of a person; nothing is begun where there is no room for it. */
  begin(local?: ModelSource): Promise<void>
  pause(): Promise<void>
  /** @throws ModelBusy where another tab downloads it */
  discard(): Promise<void>
}

/** What a download of a catalogue's model is made with (App). */
interface Page {
  downloads: {
    state(entry: ModelEntry): DownloadState
    look(entry: ModelEntry): Promise<void>
    pause(entry: ModelEntry): Promise<void>
    discard(entry: ModelEntry): Promise<void>
  }
  sources: { tooLarge: ReadonlyMap<string, Preflight> }
  fetchModel(entry: ModelEntry, local?: ModelSource): Promise<void>
}

/** The download of a model whose files its catalogue lists. */
export const listedDownload = (page: Page, entry: ModelEntry): ModelDownload => ({
  get state() {
    return page.downloads.state(entry)
  },
  get tooLarge() {
    return page.sources.tooLarge.get(entry.model)
  },
  look: () => page.downloads.look(entry),
  begin: (local) => page.fetchModel(entry, local),
  pause: () => page.downloads.pause(entry),
  discard: () => page.downloads.discard(entry),
})
