import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/** What is read of an entry of models/embedders.json. */
interface Entry {
  servedFrom?: string
  tokenizerFiles: { path: string }[]
  files: Record<string, { path: string }[]>
}

/** What is read of an entry of models/adapters.json. */
interface Adapter {
  servedFrom?: string
  files: { path: string }[]
}

/** Paths, below the repository as below the page, of all files of the models that come with the page. */
export function servedModelFiles(catalogue: readonly Entry[]): string[] {
  return catalogue.flatMap(({ servedFrom, tokenizerFiles, files }) =>
    servedFrom === undefined
      ? []
      : [...tokenizerFiles, ...Object.values(files).flat()].map(({ path }) => `${servedFrom}${path}`),
  )
}

/** The same of the adapters that come with the page. */
export const servedAdapterFiles = (catalogue: readonly Adapter[]): string[] =>
  catalogue.flatMap(({ servedFrom, files }) =>
    servedFrom === undefined ? [] : files.map(({ path }) => `${servedFrom}${path}`),
  )

/**
 * Vite plugin: a build has these models under the same paths as the repository, where the development server finds them
 * anyway. Their names stay as they are, since a model is read by the paths of the catalogue; the service worker knows each by
 * its hash (scripts/service-worker.ts).
 */
export function servedModels(): Plugin {
  return {
    name: 'fumikura:served-models',
    apply: 'build',
    generateBundle() {
      const catalogue = JSON.parse(readFileSync('models/embedders.json', 'utf8')) as Entry[]
      const adapters = JSON.parse(readFileSync('models/adapters.json', 'utf8')) as Adapter[]
      for (const fileName of [...servedModelFiles(catalogue), ...servedAdapterFiles(adapters)])
        this.emitFile({ type: 'asset', fileName, source: readFileSync(fileName) })
    },
  }
}
