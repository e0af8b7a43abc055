export const startDownloadWorker = (): Worker =>
  new Worker(new URL('../../workers/download.ts', import.meta.url), { type: 'module', name: 'download' })
