import { catalogue, type Embedder } from './catalogue'

/** The embedder that comes with the page: there at first open and without a network, small, and good for little (its card). */
export const starterEmbedder: Embedder = catalogue.find(({ id }) => id === 'fumikura-starter')!
