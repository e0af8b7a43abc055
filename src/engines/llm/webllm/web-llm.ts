/** A file of its own, so that it becomes a file of its own: 6.8 MB that only those load who run such a model. */
export { MLCEngine } from '@mlc-ai/web-llm'
