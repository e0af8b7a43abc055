/**
 * What buffers are used for, and a mode of mapping them: constants of WebGPU that TypeScript's library does not have.
 * https://www.w3.org/TR/webgpu/#buffer-usage
 */
export const BUFFER_USAGE = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const
export const MAP_FOR_READING = 1
