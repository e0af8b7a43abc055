import source from '@mlc-ai/web-llm/lib/index.js?raw'
import type { MlcConfig, MlcEngine, MlcPipeline } from '../../../../../src/engines/llm/webllm/mlc-engine'

/**
 * web-llm with what it keeps to itself: the file that is shipped, and one line more that exports it. Its engine, its
 * conversations, its streaming, its cache code, its tokenizer and its grammars are the real ones.
 */
export interface Inside {
  MLCEngine: new (config: MlcConfig) => InsideEngine
  LLMChatPipeline: { prototype: InsidePipeline }
  CustomLock: new () => object
  getConversation(template: object, config: object | undefined): { getStopStr(): string[]; getStopTokens(): number[] }
  asyncLoadTokenizer(address: string, config: object, appConfig: object): Promise<Tokenizer>
  createArtifactCache(scope: string, options: { cacheType: 'cache' }): ArtifactCache
}

export interface Tokenizer {
  encode(text: string): Int32Array
  decode(tokens: Int32Array): string
}

export interface ArtifactCache {
  fetchWithCache(address: string, type: 'json' | 'arraybuffer'): Promise<unknown>
  hasAllKeys(addresses: string[]): Promise<boolean>
}

export interface InsideEngine extends MlcEngine {
  reload: (modelId: string) => Promise<void>
  loadedModelIdToPipeline: Map<string, MlcPipeline>
  loadedModelIdToChatConfig: Map<string, object>
  loadedModelIdToModelType: Map<string, number>
  loadedModelIdToLock: Map<string, object>
}

/** What the pipeline that follows a script uses of the real one. */
export interface InsidePipeline extends MlcPipeline {
  filledKVCacheLength: number
  isGrammarConstrained(format: unknown): boolean
  grammarMatcher: { getNextTokenBitmask(): Promise<Int32Array> } | undefined
}

let inside: Promise<Inside> | undefined

export function loadInside(): Promise<Inside> {
  const names = 'LLMChatPipeline, CustomLock, getConversation, asyncLoadTokenizer'
  const caches = 'const { createArtifactCache } = libExports$2'
  const code = `${source}\n${caches}\nexport { ${names}, createArtifactCache }\n`
  const address = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
  return (inside ??= import(/* @vite-ignore */ address) as Promise<Inside>)
}
