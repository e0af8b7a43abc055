/** @typedef {import('../test/measure/report').Report} Report */

/**
 * Columns that a terminal gives a text: two for a CJK character.
 * @param {string} text
 */
function width(text) {
  let columns = 0
  for (const character of text)
    columns += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/.test(
      character,
    )
      ? 2
      : 1
  return columns
}

/**
 * Lines of a table under its header, numbers to the right.
 * @param {(string | number)[][]} rows
 * @returns {string[]}
 */
function align(rows) {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => width(String(row[i] ?? '')))))
  return rows.map((row) =>
    widths
      .map((columnWidth, i) => {
        const cell = row[i] ?? ''
        const space = ' '.repeat(columnWidth - width(String(cell)))
        return typeof cell === 'number' ? space + cell : cell + space
      })
      .join('  ')
      .trimEnd(),
  )
}

/**
 * A report as it is read in a terminal: the table, each floor held or missed, what was skipped, notes.
 * @param {Report} report
 * @returns {string}
 */
export function formatReport({ title, columns, rows, floors, skipped = [], notes = [] }) {
  const [header = '', ...lines] = align([columns, ...rows])
  const parts = [`${title}\n`, header, '-'.repeat(Math.max(...[header, ...lines].map(width))), ...lines]
  if (floors.length) {
    const marks = floors.map(({ name, floor, value, held }) => [held ? 'held' : 'MISSED', name, floor, value])
    parts.push('', 'Floors', ...align(marks).map((line) => `  ${line}`))
  }
  if (skipped.length) parts.push('', ...skipped.map((reason) => `Skipped: ${reason}`))
  if (notes.length) parts.push('', ...notes)
  return parts.join('\n')
}
