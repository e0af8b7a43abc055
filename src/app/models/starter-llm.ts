import { catalogue, type LlmEntry } from '../../engines/llm/catalogue'

/** What Chromium tells of a connection; other browsers tell nothing. */
interface Connection {
  saveData?: boolean
}

/**
 * The language model that comes with the page, which is fetched without being asked for: from where the page itself comes
 * from, and not where a person pays by the byte and has said so.
 */
export function starterLlm(): LlmEntry | undefined {
  const { connection } = navigator as { connection?: Connection }
  return connection?.saveData ? undefined : catalogue.find(({ servedFrom }) => servedFrom !== undefined)
}
