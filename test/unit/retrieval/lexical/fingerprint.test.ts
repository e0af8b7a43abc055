import { expect, test } from 'vitest'
import { tokenizerFingerprint } from '../../../../src/retrieval/lexical/fingerprint'

// A change of this value is a change of the terms: every user's index is rebuilt once. Write the new value here on purpose.
test('the fingerprint of the present tokenizer', () => {
  expect(tokenizerFingerprint()).toMatch(/^terms-\d+-[0-9a-f]{8}$/)
  expect(tokenizerFingerprint()).toMatchInlineSnapshot(`"terms-1-137e3132"`)
})
