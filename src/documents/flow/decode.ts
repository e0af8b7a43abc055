/** Decoders tried on text that is not UTF-8. */
const japanese = ['shift_jis', 'euc-jp'] as const

/**
 * The text of a file whose encoding nobody states: by its byte order mark, by the escape sequences of ISO-2022-JP, as UTF-8
 * if it is that without fault, else in the Japanese encoding with the fewest undecodable bytes, or as Windows-1252 where
 * nothing Japanese comes out of either.
 * @param declared the encoding that the file itself names in letters of ASCII, used if it fits; UTF-16, which those letters
 *   cannot be, does not
 */
export function decodeText(bytes: Uint8Array, declared?: string): string {
  const marked = markedEncoding(bytes)
  if (marked) return decode(marked, bytes)
  if (hasIsoEscapes(bytes)) return decode('iso-2022-jp', bytes)
  const wide = unmarkedUtf16(bytes)
  if (wide) return decode(wide, bytes)
  const stated = declared === undefined || isUtf16(declared) ? undefined : decodeStrictly(declared, bytes)
  return stated ?? decodeStrictly('utf-8', bytes) ?? guess(bytes)
}

const decode = (encoding: string, bytes: Uint8Array): string => new TextDecoder(encoding).decode(bytes)

/** UTF-16 has many labels, such as "unicode". */
function isUtf16(label: string): boolean {
  try {
    return new TextDecoder(label).encoding.startsWith('utf-16')
  } catch {
    return false
  }
}

/** Undefined when the label is unknown or a byte does not fit. */
function decodeStrictly(label: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function markedEncoding([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return undefined
}

/** ESC $ B, ESC $ @ or ESC ( J: all bytes are ASCII, so UTF-8 would take them without complaint. */
function hasIsoEscapes(bytes: Uint8Array): boolean {
  for (let i = bytes.indexOf(0x1b); i !== -1; i = bytes.indexOf(0x1b, i + 1)) {
    const kind = String.fromCharCode(bytes[i + 1] ?? 0, bytes[i + 2] ?? 0)
    if (kind === '$B' || kind === '$@' || kind === '(J') return true
  }
  return false
}

/** Text has no zero bytes, except UTF-16: in one half of the pairs, wherever it is ASCII (if only at line ends). */
function unmarkedUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const looked = Math.min(bytes.length, 4096)
  const zeros = [0, 0]
  for (let i = 0; i < looked; i++) if (bytes[i] === 0) zeros[i % 2]!++
  const [even = 0, odd = 0] = zeros
  const enough = looked / 64
  if (odd > enough && even * 8 < odd) return 'utf-16le'
  if (even > enough && odd * 8 < even) return 'utf-16be'
  return undefined
}

/** Whether bytes can be text at all: of their beginning, at most one in a hundred is a control code that text never has. */
export function isText(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 4096)
  if (markedEncoding(start) ?? unmarkedUtf16(start)) return true
  const controls = start.filter((byte) => byte < 0x20 && !TEXT_CONTROLS.has(byte)).length
  return controls * 100 <= start.length
}

/** Tab, line ends, page break, the end mark of old DOS files, the escape of ISO-2022-JP. */
const TEXT_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1a, 0x1b])

function guess(bytes: Uint8Array): string {
  const texts = japanese.map((encoding) => decode(encoding, bytes))
  const best = texts.reduce((a, b) => (strangeness(b) < strangeness(a) ? b : a))
  return looksJapanese(best) ? best : decode('windows-1252', bytes)
}

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

/** EUC-JP read as Shift_JIS is faultless half-width katakana, so those weigh against a reading, though less than a fault. */
const strangeness = (text: string): number =>
  count(text, /\ufffd/g) * 4 + count(text, /[\uff61-\uff9f]/g) + count(text, /[\ue000-\uf8ff]/g)

/**
 * Kana, or characters of two bytes side by side. Accented Latin letters read as Japanese come out as lone kanji between
 * ASCII letters, or not at all.
 */
function looksJapanese(text: string): boolean {
  const foreign = count(text, /\P{ASCII}/gu)
  if (count(text, /\ufffd/g) * 10 > foreign) return false
  if (count(text, /[\u3041-\u3096\u30a1-\u30fa]/g) * 20 >= foreign) return true
  return foreign >= 1.5 * count(text, /\P{ASCII}+/gu)
}
