import type { ModelSource } from '../model-files/download/source'
import { catalogue, type Embedder } from './catalogue'

/** The embedder that comes with the page: there at first open and without a network, small, and good for little (its card). */
export const starterEmbedder: Embedder = catalogue.find(({ id }) => id === 'fumikura-starter')!

/**
 * Where the files of a model are that comes with the page; undefined for one that has to be downloaded. To be asked on the
 * page, whose address the path is resolved against, and not in a worker.
 */
export const servedSource = ({ servedFrom }: Pick<Embedder, 'servedFrom'>): ModelSource | undefined =>
  servedFrom === undefined
    ? undefined
    : { kind: 'address', base: new URL(`${import.meta.env.BASE_URL}${servedFrom}`, globalThis.location.href).href }
