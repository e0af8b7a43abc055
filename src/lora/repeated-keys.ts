/**
 * The first key that an object in a JSON text has twice, however it is escaped; undefined where there is none. JSON.parse
 * would take the last of them without a word.
 * @param json known to be valid
 */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = []
  for (let at = 0; at < json.length; at++) {
    const character = json[at]
    // An array has a set too, that stays empty: no text in it is followed by a colon.
    if (character === '{' || character === '[') open.push(new Set())
    else if (character === '}' || character === ']') open.pop()
    else if (character === '"') {
      const end = endOfText(json, at)
      if (isKey(json, end)) {
        const key = JSON.parse(json.slice(at, end)) as string
        if (open.at(-1)!.has(key)) return key
        open.at(-1)!.add(key)
      }
      at = end - 1
    }
  }
  return undefined
}

/** Behind the closing quotation mark of the text that begins at `start`. */
function endOfText(json: string, start: number): number {
  let at = start + 1
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

function isKey(json: string, end: number): boolean {
  let at = end
  while (/\s/.test(json[at] ?? '')) at += 1
  return json[at] === ':'
}
