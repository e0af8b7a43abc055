import { expect, test } from 'vitest'
test('a page has what we need', () => expect(typeof indexedDB).toBe('object'))
