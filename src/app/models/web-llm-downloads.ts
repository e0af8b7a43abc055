import { folderName, type WebLlmPlan } from '../../engines/llm/webllm/catalogue'
import type { ModelDownloads } from '../model-downloads.svelte'
import { WebLlmDownload, webLlmSources } from './web-llm-download.svelte'

/**
 * The downloads of models of MLC, one for each model as long as the page lives: what is under way goes on when the dialog is
 * closed, and is the same when it is opened again.
 */
export class WebLlmDownloads {
  readonly #downloads: ModelDownloads
  readonly #made = new Map<string, WebLlmDownload>()

  constructor(downloads: ModelDownloads) {
    this.#downloads = downloads
  }

  /** @param mirror in place of huggingface.co; empty: that */
  of(plan: WebLlmPlan, mirror: string): WebLlmDownload {
    const key = `${folderName(plan)} ${mirror}`
    const made = this.#made.get(key) ?? new WebLlmDownload(plan, this.#downloads, webLlmSources(plan, mirror))
    this.#made.set(key, made)
    return made
  }
}
