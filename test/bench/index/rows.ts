import { DIMENSION } from './contestant'

/** Views of the rows, for libraries that take one vector after another. */
export const eachRow = (vectors: Float32Array): Float32Array[] =>
  Array.from({ length: vectors.length / DIMENSION }, (_, row) =>
    vectors.subarray(row * DIMENSION, (row + 1) * DIMENSION),
  )
