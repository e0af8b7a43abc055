import type { SharedLlm } from '../../../../../src/engines/llm/shared/shared-llm'
import { expose } from '../../../../../src/threads/expose'
import { openTab, type PassedOver, type Wanted } from './tabs'

let tab: SharedLlm<Wanted, PassedOver> | undefined

const never = (): AbortSignal => new AbortController().signal

/** A tab of the page: what it holds is gone when its thread is ended. */
const api = {
  async open(name: string, id: string): Promise<void> {
    tab ??= openTab(name)
    await tab.open({ id }, () => undefined, never())
  },
  where: () => tab?.state.where,
  /** Begins an answer and leaves it at that. */
  async begin(prompt: string): Promise<void> {
    await tab!.current!.generate(prompt, { maxTokens: 10_000 }, never()).next()
  },
}

export type TabApi = typeof api

expose(api)
