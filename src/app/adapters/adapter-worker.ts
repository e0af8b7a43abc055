export const startAdapterWorker = (): Worker =>
  new Worker(new URL('../../../workers/adapter.ts', import.meta.url), { type: 'module', name: 'adapter' })
