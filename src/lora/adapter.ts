/** What a LoRA adapter is once it has been read, whatever file it came from. */

/** The two factors of one linear layer's change: ΔW = scale · B · A. */
export interface LoraFactors {
  rank: number
  /** alpha / rank, or alpha / √rank with rsLoRA; the strength that a person chose is multiplied on it. */
  scale: number
  /** Columns of the layer's input. */
  inputs: number
  /** Rows of the layer's output. */
  outputs: number
  /** rank × inputs, row by row. */
  a: Float32Array
  /** outputs × rank, row by row. */
  b: Float32Array
}

/** Factors by the module's path in the base model, without PEFT's own prefix: model.layers.0.self_attn.q_proj. */
export interface LoraAdapter {
  modules: ReadonlyMap<string, LoraFactors>
}

/** An adapter in use: several blend by the sum of their changes. */
export interface AdapterUse {
  /** The name that its files are kept under (src/engines/model-files/store.ts). */
  adapter: string
  /** What its change is multiplied by, 0 to 1.5; 1 is as it was trained. */
  strength: number
}

/** What merging adapters into weights of few bits has left of their change, measured on a sample of its rows. */
export interface AdapterSurvival {
  /** Share of the change that is there: 1 is all of it. */
  gain: number
  /** The same, had it been rounded to the nearest weights, as converting a merged model does. */
  plainGain: number
  /** What has come along by rounding, beside the size of the weights. */
  noise: number
}
