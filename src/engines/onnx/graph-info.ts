/** What can be read off an .onnx file before a session is made of it. */
export interface GraphInfo {
  outputs: string[]
  /** Files beside it that hold its weights, by their names, and how many bytes of each it refers to. */
  weights: Map<string, number>
}

/** Field numbers of onnx.proto. */
const MODEL = { graph: 7 }
const GRAPH = { initializer: 5, output: 12 }
const VALUE = { name: 1 }
const TENSOR = { externalData: 13 }
const ENTRY = { key: 1, value: 2 }

/** A field of a protocol buffer whose content has a length in front: text, bytes or a message. */
interface Field {
  number: number
  bytes: Uint8Array
}

/**
 * Reads the names of a graph's outputs and the extent of the weights that lie beside it. Weights inside the file are stepped
 * over, so a file of a gigabyte takes as long as one of a megabyte.
 * @param bytes a file that `isWholeOnnx` accepts
 */
export function readGraphInfo(bytes: Uint8Array): GraphInfo {
  const info: GraphInfo = { outputs: [], weights: new Map() }
  for (const graph of fieldsOf(bytes)) {
    if (graph.number !== MODEL.graph) continue
    for (const field of fieldsOf(graph.bytes)) {
      if (field.number === GRAPH.output) info.outputs.push(textOf(field.bytes, VALUE.name))
      if (field.number === GRAPH.initializer) addWeights(field.bytes, info.weights)
    }
  }
  return info
}

function addWeights(tensor: Uint8Array, weights: Map<string, number>): void {
  const entries = new Map<string, string>()
  for (const { number, bytes } of fieldsOf(tensor))
    if (number === TENSOR.externalData) entries.set(textOf(bytes, ENTRY.key), textOf(bytes, ENTRY.value))
  const location = entries.get('location')
  if (location === undefined) return
  const end = Number(entries.get('offset') ?? 0) + Number(entries.get('length') ?? 0)
  const name = location.replace(/^\.\//, '')
  weights.set(name, Math.max(weights.get(name) ?? 0, end))
}

function textOf(message: Uint8Array, number: number): string {
  for (const field of fieldsOf(message)) if (field.number === number) return new TextDecoder().decode(field.bytes)
  return ''
}

/** The fields with a length, in order; numbers are stepped over. A message that is cut short ends where it does. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 0; at < bytes.length; shift += 7) {
      const byte = bytes[at++]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    return value
  }
  while (at < bytes.length) {
    const key = varint()
    const type = key % 8
    if (type === 2) {
      const length = varint()
      yield { number: Math.floor(key / 8), bytes: bytes.subarray(at, at + length) }
      at += length
    } else if (type === 0) varint()
    else at += type === 1 ? 8 : 4
  }
}
