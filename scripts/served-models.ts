import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

type Files = { path: string }[]

/** What is read of an entry of a catalogue: of adapters one list, of models those that tell how to read it and the graphs. */
interface Entry {
  servedFrom?: string
  tokenizerFiles?: Files
  textFiles?: Files
  files: Files | Record<string, Files>
}

/** Catalogues of what may come with the page. */
const CATALOGUES = ['models/embedders.json', 'models/llms.json', 'models/adapters.json']

/** Paths, below the repository as below the page, of all files of the models that come with the page. */
export function servedModelFiles(catalogue: readonly Entry[]): string[] {
  return catalogue.flatMap(({ servedFrom, tokenizerFiles = [], textFiles = [], files }) =>
    servedFrom === undefined
      ? []
      : [...tokenizerFiles, ...textFiles, ...Object.values(files).flat()].map(({ path }) => `${servedFrom}${path}`),
  )
}

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
      for (const path of CATALOGUES)
        for (const fileName of servedModelFiles(JSON.parse(readFileSync(path, 'utf8')) as Entry[]))
          this.emitFile({ type: 'asset', fileName, source: readFileSync(fileName) })
    },
  }
}
