/**
 * Marks by which chat templates tell who is speaking, in the forms that models know: <|im_end|> (ChatML, Llama 3, Phi),
 * <｜User｜> (DeepSeek), <start_of_turn> (Gemma), <s>, [INST] and <<SYS>> (Llama 2, Mistral), <think>, <tool_call>, <0x0A>.
 * Some tokenizers fold width before they look for them, so full-width brackets and bars count too.
 */
const controlToken = new RegExp(
  [
    '[<＜]\\s?[|｜][^<>＜＞\\n]{0,60}?[|｜]\\s?[>＞]',
    '[<＜]{2}/?\\s?/?SYS\\s?[>＞]{2}',
    '[<＜]/?(?:s|bos|eos|pad|unk|sep|cls|mask|think|thinking|reasoning|tools?|tool_call|tool_response|tools_call|system|user|assistant|' +
      'start_of_turn|end_of_turn|start_of_image|end_of_image|image_soft_token|image|eod|sop|eop|extra_id_\\d+|unused\\d+|reserved_\\d+|0x[0-9a-f]{2})[>＞]',
    '[\\[［]/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|IMG|gMASK|CLS|SEP|MASK|PAD|UNK)[\\]］]',
  ].join('|'),
  'giu',
)

/** Lines by which models without such marks tell the speakers apart (Alpaca and its Japanese kin). */
const speakerLine =
  /^[ \t]*#{1,4}[ \t]*(?=(?:instruction|input|response|system|user|assistant|human|指示|入力|応答|回答|質問|システム|ユーザー|アシスタント)\s*[:：]?\s*$)/gimu

/** Drawn by no reader, but enough to hide a mark from the patterns above. */
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|[\u{e0000}-\u{e007f}]/gu

/** What the fence of a passage is made of. */
const fence = /"{3,}|`{3,}|＂{3,}/gu

/**
 * A text that is put into a prompt as data: without anything that a model's tokenizer could take for the marks of its own chat
 * template, and without what would close the fence around it. `further`: marks of the model at hand.
 */
export function quotedText(text: string, further: readonly string[] = []): string {
  let before: string
  let quoted = text.replace(invisible, '')
  // Again until nothing changes: taking one mark out must not put two halves of another together.
  do {
    before = quoted
    quoted = quoted.replace(controlToken, ' ').replace(speakerLine, '')
    for (const mark of further) if (mark.trim().length > 1) quoted = quoted.replaceAll(mark, ' ')
  } while (quoted !== before)
  return quoted.replace(fence, '"')
}

/**
 * A passage as data. Note numbers in brackets, which encyclopedias and papers are full of, become "(3)": the model would
 * copy them, and they would be read as citations; a cell's tab becomes a bar.
 */
export const quotedPassage = (text: string, further?: readonly string[]): string =>
  quotedText(text, further)
    .replace(/[[［【](\s*[\d０-９]{1,3}(?:\s*[,、，–-]\s*[\d０-９]{1,3})*\s*)[\]］】]/gu, '($1)')
    .replaceAll('\t', ' | ')
    .trim()

/** A name or a heading: the same, on one line. */
export const quotedLine = (text: string, further?: readonly string[]): string =>
  quotedPassage(text, further).replace(/\s+/g, ' ')
