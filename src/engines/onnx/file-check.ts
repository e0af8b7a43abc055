/** How many bytes follow a key of this wire type; undefined where the length stands in front of them. */
const FIXED: Record<number, number | undefined> = { 0: 0, 1: 8, 2: undefined, 5: 4 }
const VARINT = 0
/** ModelProto of onnx.proto has fields 1 to 26; field 7 is the graph. */
const LAST_FIELD = 26
const GRAPH = 7

/**
 * Whether the bytes are an ONNX file from its first to its last byte: a protocol buffer whose fields are those of a model
 * and end exactly where the file ends. Tells a file cut short, or a web page in its place, from one that cannot be run,
 * which the runtime reports alike. Only the outermost fields are looked at, a dozen steps for any size.
 */
export function isWholeOnnx(bytes: Uint8Array): boolean {
  let at = 0
  let hasGraph = false
  const varint = (): number => {
    let value = 0
    for (let shift = 0; at < bytes.length && shift < 64; shift += 7) {
      const byte = bytes[at++]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    return NaN
  }
  while (at < bytes.length) {
    const key = varint()
    const field = Math.floor(key / 8)
    const type = key % 8
    if (!(type in FIXED) || field < 1 || field > LAST_FIELD) return false
    if (type === VARINT) {
      if (Number.isNaN(varint())) return false
      continue
    }
    const length = FIXED[type] ?? varint()
    at += length
    if (!(at <= bytes.length)) return false
    hasGraph ||= field === GRAPH
  }
  return hasGraph
}
