import type { DocumentHash } from '../domain'

/** Passwords of locked documents, for as long as the page is open; they are never stored. */
export const passwords = new Map<DocumentHash, string>()
