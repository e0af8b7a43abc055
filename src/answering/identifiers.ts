/**
 * Codes of errors, models, forms and the like: letters and a number, "E-04", "PW-40", "Ｆ１２". Two have the same form when
 * their letters and their hyphen agree.
 */
const identifier = /(?<![A-Za-z0-9-])([A-Za-z]{1,5})([-‐‑–−]?)(\d{1,5}[A-Za-z]?)(?![A-Za-z0-9])/g

export interface Identifier {
  whole: string
  form: string
}

/** The identifiers of a text, folded: width and case do not tell two apart. */
export function identifiersOf(text: string): Identifier[] {
  return [...text.normalize('NFKC').matchAll(identifier)]
    .filter(([, letters, hyphen]) => hyphen !== '' || letters === letters?.toUpperCase())
    .map(([, letters = '', hyphen = '', number = '']) => {
      const form = letters.toUpperCase() + (hyphen && '-')
      return { form, whole: form + number.toUpperCase() }
    })
}

/**
 * Does the text speak of another thing of the kind that the question names (the row of E-05, asked for E-04)? Text without
 * any such code may speak of either.
 */
export function namesAnother(asked: Identifier[], text: string): boolean {
  if (asked.length === 0) return false
  const held = identifiersOf(text)
  const isAsked = (one: Identifier) => asked.some(({ whole }) => whole === one.whole)
  return asked.some(({ form }) => {
    const alike = held.filter((one) => one.form === form)
    return alike.length > 0 && !alike.some(isAsked)
  })
}
