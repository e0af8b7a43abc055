import type { TrainingPack } from './training-pack'

/** A file of data, for those that tell of it. */
export interface DataFile {
  path: string
  rows: number
}

/** The file that is trained on where none is named: the one with passages, where there is one. */
export const trainedOn = (data: readonly Pick<DataFile, 'path'>[]): string =>
  (data.find(({ path }) => path === 'raft.jsonl') ?? data[0])?.path ?? 'raft.jsonl'

/** What stands in a training pack, and how an adapter comes of it and back into the app. */
export const trainingReadme = (pack: TrainingPack, data: readonly DataFile[]): string =>
  pack.language === 'ja' ? japanese(pack, data) : english(pack, data)

const english = (
  { recipe, set, split, raftOptions }: TrainingPack,
  data: readonly DataFile[],
): string => `# Training pack: ${recipe.name}

Made by Fumikura from the question set "${set.name}" (licence: ${set.licence}). **The files hold text of your documents.** Only
questions of the train part are in them, so that what is tested was not learnt.

| file | rows | what |
|---|---|---|
${data.map(({ path, rows }) => `| ${path} | ${rows} | ${englishOf(path, raftOptions?.quote ?? true)} |`).join('\n')}
| train.py | | trains a LoRA adapter with PEFT |
| requirements.txt | | the versions that it needs |
| CARD.md | | what the data is, where it comes from and what was left out |
| manifest.json | | settings and the SHA-256 of every file |

## Train

    pip install -r requirements.txt
    python train.py ${trainedOn(data)}

Base: \`${recipe.base}\` at \`${recipe.revision}\`; rank ${recipe.rank}, alpha ${recipe.alpha}, on ${recipe.targets.join(', ')};
${recipe.epochs} epochs, learning rate ${recipe.learningRate}, batches of ${recipe.batch}, seed ${recipe.seed}. An ONNX repository has no
weights to train: name the one that it was made from.

## Use

Import the folder \`adapter/\` in the app under Adapters, and compare the arms LoRA and LoRA+RAG in the Lab with the same split
(seed ${split.seed}, ${Math.round(100 * split.testShare)} % tested). For LoRA+RAG train on raft.jsonl: in the RAFT paper a model trained without passages became worse when it was
given some (61.06 to 42.59 on HuggingFace).
`

const englishOf = (path: string, quotes: boolean): string =>
  path === 'raft.jsonl'
    ? `question with the passage that answers it and others${quotes ? '; the answer quotes it' : ''}`
    : path === 'supervised.jsonl'
      ? 'question and answer'
      : 'passages in other words, as plain text: to learn facts from'

const japanese = (
  { recipe, set, split, raftOptions }: TrainingPack,
  data: readonly DataFile[],
): string => `# 学習用パック：${recipe.name}

Fumikura が問題セット「${set.name}」（ライセンス：${set.licence}）から作りました。**文書の文章が含まれています。**テストに使う問題を覚えてしまわないよう、訓練側の問題だけが入っています。

| ファイル | 行数 | 内容 |
|---|---|---|
${data.map(({ path, rows }) => `| ${path} | ${rows} | ${japaneseOf(path, raftOptions?.quote ?? true)} |`).join('\n')}
| train.py | | PEFT で LoRA アダプターを学習するプログラム |
| requirements.txt | | 必要なライブラリのバージョン |
| CARD.md | | データの内容と出所、除いたもの |
| manifest.json | | 設定と、各ファイルの SHA-256 |

## 学習

    pip install -r requirements.txt
    python train.py ${trainedOn(data)}

ベース：\`${recipe.base}\`（\`${recipe.revision}\`）。ランク ${recipe.rank}、alpha ${recipe.alpha}、対象 ${recipe.targets.join(', ')}。
${recipe.epochs} エポック、学習率 ${recipe.learningRate}、バッチ ${recipe.batch}、シード ${recipe.seed}。ONNX 版のリポジトリには学習できる重みがないため、変換元のリポジトリを指定してください。

## 使い方

できた \`adapter/\` フォルダーをアプリの「アダプター」で読み込み、ラボで同じ分割（シード ${split.seed}、テスト ${Math.round(100 * split.testShare)}％）を使って「LoRA」と「LoRA+RAG」を比べてください。LoRA+RAG には raft.jsonl での学習を勧めます。RAFT の論文では、箇所なしで学習したモデルに箇所を与えると、成績が下がる例がありました（HuggingFace で 61.06 から 42.59）。
`

const japaneseOf = (path: string, quotes: boolean): string =>
  path === 'raft.jsonl'
    ? `質問と、答えのある箇所・ない箇所${quotes ? '。答えは箇所を引用する' : ''}`
    : path === 'supervised.jsonl'
      ? '質問と答え'
      : '箇所の言い換え（地の文）。事実を覚えさせるため'
