import type { ModelSource } from './download/source'

/**
 * Where the files of a model are that comes with the page; undefined for one that has to be downloaded. To be asked on the
 * page, whose address the path is resolved against, and not in a worker.
 */
export const servedSource = ({ servedFrom }: { servedFrom?: string }): ModelSource | undefined =>
  servedFrom === undefined
    ? undefined
    : { kind: 'address', base: new URL(`${import.meta.env.BASE_URL}${servedFrom}`, globalThis.location.href).href }
