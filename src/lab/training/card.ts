import type { DataFile } from './readme'
import type { ParaphraseFault } from './paraphrase'
import type { TrainingPack } from './training-pack'

/**
 * The card of a pack's data, in the manner of “Datasheets for Datasets” (arXiv 1803.09010): what is in it, where it comes from,
 * how it was made, what was left out, and what it is not for. For whoever trains with it and was not there.
 */
export const dataCard = (pack: TrainingPack, data: readonly DataFile[]): string =>
  pack.language === 'ja' ? japanese(pack, data) : english(pack, data)

const FAULTS: Readonly<Record<ParaphraseFault, { en: string; ja: string }>> = {
  numbers: { en: 'numbers', ja: '数字' },
  names: { en: 'names', ja: '名前' },
  language: { en: 'another language', ja: '別の言語' },
  cut: { en: 'broken off', ja: '途切れ' },
  repeated: { en: 'repeated', ja: '繰り返し' },
}

/** Wordings that were not taken, by what was wrong with them. */
export function droppedByFault(paraphrases: TrainingPack['paraphrases']): [ParaphraseFault, number][] {
  const counts = new Map<ParaphraseFault, number>()
  for (const fault of paraphrases.flatMap(({ dropped }) => dropped)) counts.set(fault, (counts.get(fault) ?? 0) + 1)
  return [...counts]
}

const percent = (share: number): number => Math.round(100 * share)

function english(pack: TrainingPack, data: readonly DataFile[]): string {
  const { set, split, raftOptions: raft, paraphraser, skipped = 0, paraphrases } = pack
  const dropped = droppedByFault(paraphrases).map(([fault, count]) => `${FAULTS[fault].en} ${count}`)
  const lines = [
    ...data.map(({ path, rows }) => `- ${path}: ${rows} examples`),
    `- From the question set "${set.name}", licence: ${set.licence}, SHA-256 ${set.hash}.`,
    `- Only the train part of the split with seed ${split.seed} (${percent(split.testShare)} % of the groups are tested), without questions nearly the same as tested ones.`,
    `- Left out: ${skipped} questions that no example could be made of.`,
    ...(raft
      ? [
          `- With passages: ${raft.distractors} that do not answer beside the one that does, which is shown in ${percent(raft.oracleShare)} % of the examples; where it is not, the answer ${raft.withoutOracle === 'refuse' ? 'is a refusal' : 'is given all the same'}. Answers ${raft.quote === false ? 'do not quote' : 'quote'} their passage.`,
        ]
      : []),
    ...(paraphraser !== undefined
      ? [
          `- Paraphrases by ${paraphraser}; those that lost a number or a name, changed the language, broke off or repeated another were dropped${dropped.length ? ` (${dropped.join(', ')})` : ''}.`,
        ]
      : []),
  ]
  return `# Card of the data

${lines.join('\n')}

## What it is for, and what not

For a LoRA adapter of \`${pack.recipe.base}\` that is compared in Fumikura's Lab. Nobody has checked each example: read some before you
train. It holds text of documents, so whoever may not read these may not have the pack. It teaches form and reading better than facts.
`
}

function japanese(pack: TrainingPack, data: readonly DataFile[]): string {
  const { set, split, raftOptions: raft, paraphraser, skipped = 0, paraphrases } = pack
  const dropped = droppedByFault(paraphrases).map(([fault, count]) => `${FAULTS[fault].ja} ${count}`)
  const lines = [
    ...data.map(({ path, rows }) => `- ${path}：${rows} 例`),
    `- 元の質問集：「${set.name}」（ライセンス：${set.licence}、SHA-256 ${set.hash}）`,
    `- シード ${split.seed} の分割（テスト ${percent(split.testShare)}％）の訓練側だけを使い、テスト側とほとんど同じ問題は除いています。`,
    `- 例を作れなかった問題：${skipped} 問`,
    ...(raft
      ? [
          `- 箇所付きの例：答えのない箇所を ${raft.distractors} 件添え、答えのある箇所を ${percent(raft.oracleShare)}％の例で見せています。見せない例では、${raft.withoutOracle === 'refuse' ? '「書かれていない」と答えさせます' : 'そのまま答えさせます'}。答えは箇所を引用${raft.quote === false ? 'しません' : 'します'}。`,
        ]
      : []),
    ...(paraphraser !== undefined
      ? [
          `- 言い換えは ${paraphraser} によるもの。数字や名前が消えたもの、別の言語になったもの、途切れたもの、同じ言い方のものは除きました${dropped.length ? `（${dropped.join('、')}）` : ''}。`,
        ]
      : []),
  ]
  return `# データカード

${lines.join('\n')}

## 用途と注意

\`${pack.recipe.base}\` の LoRA アダプターを学習し、Fumikura のラボで比べるためのデータです。一つひとつの例を人が確かめたものではないので、学習の前にいくつか読んでください。文書の文章が含まれるため、その文書を読めない人には渡さないでください。事実よりも、形式や読み方を覚えさせるのに向いています。
`
}
