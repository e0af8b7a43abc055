/**
 * 1 when a text is JSON as a whole, else 0. A fence around it (```json) is forgiven, words before or behind it are not: what
 * reads answers by program stumbles over them.
 */
export function formatValidity(text: string): number {
  const inner = /^```(?:json)?\s*\n([^]*?)\n?```$/.exec(text.trim())?.[1] ?? text
  try {
    const value: unknown = JSON.parse(inner)
    return typeof value === 'object' && value !== null ? 1 : 0
  } catch {
    return 0
  }
}
