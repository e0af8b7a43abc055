import type { Translation } from '../message'

/** One clear sentence per failure, and what can be done about it. Keys are those of src/errors.ts. */
export const en = {
  passwordNeeded: 'This file is locked. Enter its password to read it.',
  wrongPassword: 'That password does not open this file. Try again.',
  damagedFile: 'This file is damaged, cut short, or not what its name says.',
  emptyFile: 'This file is empty.',
  unsupportedFile: 'Files of this type cannot be read. PDF, Word (.docx), Markdown, HTML and plain text can.',
  unsupportedFileEncrypted: 'Word files with a password cannot be read. Save a copy without one, or as PDF.',
  unsupportedFileLegacy: 'Files of Office before 2007 cannot be read. Save a copy as .docx or PDF.',
  fileTooLarge: 'This file is larger than this browser can hold at once.',
  fileTooLargeWithFigures: 'This file has {bytes}; this browser can hold {limit} at once.',
  storageFull: 'The browser has no room left for this file. Remove documents or free disk space, then retry.',
  storageFullModel:
    'The browser has no room for the {bytes} of this model that are still to come. Remove documents or other models, or free disk space; what has arrived stays.',
  storageUnavailable:
    'The browser does not let this page keep anything. It may be a private window, a setting, or another tab with a newer version.',
  interrupted: 'Reading was interrupted before the end. Nothing of the file was added.',
  unexpected: 'Something went wrong that should not have.',
  unexpectedWithFigures: 'Something went wrong that should not have ({detail}).',
  unprotected:
    'This host does not send the headers that keep documents on this machine, and the browser does not let the page add them. Nothing is opened.',
  missingFile: 'The original of this document is no longer there. Add the file again to see its pages.',
  invalidVector: 'The model for search by meaning gave figures that cannot be used. Search by words goes on.',
  modelFileMissing: 'A file of the model is missing where it was looked for: {file}.',
  modelFileDamaged:
    'A file of the model is damaged or cut short: {file}. Download the model again; only this file is fetched.',
  modelUnreachable: 'The place that the model comes from could not be reached ({file}).',
  hostNotAllowed:
    'This site is not allowed to reach {host}, or where it leads to. Whoever hosts Fumikura has to add the host to its _headers file; or download the files yourself and choose their folder.',
  modelBusy: 'The files of this model are being written in another tab.',
  modelUnusable: 'This browser cannot run the model. Search by words goes on.',
  modelReplaced: 'Another model was opened in another tab, and there is room for one. Choose this one again to use it.',
  adapterUnusable: 'This adapter cannot be used: {detail}.',
  adapterUnusableHubId: '“{id}” does not name a repository. Write owner/name, or owner/name@revision.',
  adapterUnusableMissingFile:
    'There is no {file} here. An adapter consists of adapter_config.json and adapter_model.safetensors.',
  adapterUnusablePickle:
    'This adapter’s weights are in a .bin file, which may run programs when it is read. Save it as safetensors.',
  adapterUnusableSeveral: 'There is more than one adapter here: {paths}. Choose the folder of one.',
  adapterUnusableArchive: 'The .zip file cannot be unpacked: it is damaged, locked with a password, or of a rare kind.',
  adapterUnusableArchivePath: 'The .zip file was not opened, because a path in it leads out of it: {path}.',
  adapterUnusableUnending: 'The adapter could not be read within a minute, so reading was stopped.',
  adapterUnusableTruncated: 'The adapter’s weights are cut short. Copy or download the file again.',
  adapterUnusableHeader: 'The adapter’s weights are no safetensors file, or its header is damaged.',
  adapterUnusableDuplicate: 'The adapter’s weights have the same tensor twice: {tensor}.',
  adapterUnusableDtype:
    'The adapter’s weights are of a type that is not read: {tensor} is {dtype}, and F32, F16 and BF16 can be read.',
  adapterUnusableLayout: 'The header of the adapter’s weights contradicts itself at {tensor}. The file is damaged.',
  adapterUnusableExcess: 'The adapter’s weights hold {bytes} that belong to no tensor. The file is damaged.',
  adapterUnusableNotFinite: 'The adapter’s weights hold figures that are none (NaN or infinity), in {tensor}.',
  adapterUnusableNoWeights: 'There are no LoRA weights in the adapter’s file.',
  adapterUnusableUnknownTensor: 'The adapter holds something that is not LoRA: {tensor}.',
  adapterUnusableConfig: 'The adapter’s adapter_config.json cannot be read (at “{option}”).',
  adapterUnusableMethod: 'This is an adapter of another method: {method}. LoRA adapters can be used.',
  adapterUnusableDora: 'This is a DoRA adapter, with magnitudes beside LoRA. Only plain LoRA can be used.',
  adapterUnusableModulesToSave:
    'The adapter replaces whole parts of the model ({modules}). Only plain LoRA on linear layers can be used.',
  adapterUnusableEmbeddings:
    'The adapter changes how the model reads or writes tokens ({module}). Only linear layers between can be changed.',
  adapterUnusableBias: 'The adapter has trained biases. Only adapters without (bias: "none") can be used.',
  adapterUnusableFeature: 'The adapter uses a variant of LoRA that is not computed here: {feature}.',
  adapterUnusableInitialisation:
    'The adapter was begun by changing its base ({initialisation}), so it does not fit the base as published. Convert it to plain LoRA when saving.',
  adapterUnusablePattern: 'A pattern in the adapter’s adapter_config.json cannot be read: {pattern}.',
  adapterUnusableHalfPair: 'The adapter lacks half of a pair: {missing} of {module}.',
  adapterUnusableFactors: 'The two factors of {module} do not belong together: A is {a}, B is {b}.',
  adapterUnusableRank: 'The weights of {module} have rank {rank}, the adapter’s adapter_config.json says {expected}.',
  adapterUnusableNotTargeted:
    'The adapter holds weights for {module}, which its adapter_config.json does not name as a target.',
  adapterUnusableMissingModule: 'The adapter was made for another model: this one has no {module}.',
  adapterUnusableBaseShape:
    'The adapter was made for another model: {module} is {shape} in the adapter and {baseShape} in this model.',
  unsupportedModel: 'Models of this architecture cannot be run here: {architecture}.',
  wrongModelLibrary:
    'The program that belongs to this model was made for another version of this page. Download the model again.',
  deviceLost: 'The graphics processor stopped in the middle of the work. It goes on without it.',
  promptTooLong: 'The question and its passages are longer than the model can take at once.',
  invalidAddress: 'This is not an address that begins with https:// or with /.',
  evidenceGone: 'Not all passages of that answer are still here. Ask the question anew.',
  emptyAnswer: 'The model ended without writing anything. Ask again, or choose another model.',
  invalidTemplate: 'A prompt text cannot be used as it is: {template}.',
  invalidTemplateMissing: 'The prompt text “{template}” must contain {placeholder}.',
  invalidTemplateUnknown: 'The prompt text “{template}” contains {placeholder}, which stands for nothing here.',
  invalidTemplateEmpty: 'The prompt text “{template}” must not be empty.',
  noText: 'No text was found in this file.',
  samplesMissing: 'The sample documents could not be loaded.',
} as const

export const ja: Translation<typeof en> = {
  passwordNeeded: 'このファイルはロックされています。パスワードを入力すると読み込めます。',
  wrongPassword: 'パスワードが違います。もう一度入力してください。',
  damagedFile: 'ファイルが壊れているか、途中で切れているか、拡張子と中身が違います。',
  emptyFile: 'ファイルが空です。',
  unsupportedFile: 'この種類のファイルは読めません。読めるのは PDF、Word（.docx）、Markdown、HTML、テキストです。',
  unsupportedFileEncrypted:
    'パスワード付きの Word ファイルは読めません。パスワードなしの写し、または PDF で保存し直してください。',
  unsupportedFileLegacy: 'Office 2007 より前の形式は読めません。.docx か PDF で保存し直してください。',
  fileTooLarge: 'このブラウザが一度に扱える大きさを超えています。',
  fileTooLargeWithFigures: 'ファイルは {bytes} ですが、このブラウザが一度に扱えるのは {limit} までです。',
  storageFull:
    'ブラウザの保存領域がいっぱいです。文書を削除するか、ディスクの空きを増やしてから、もう一度お試しください。',
  storageFullModel:
    'モデルの残り {bytes} を保存する空きがブラウザにありません。文書やほかのモデルを削除するか、ディスクの空きを増やしてください。届いた分は残っています。',
  storageUnavailable:
    'ブラウザがこのページの保存を許可していません。プライベートウィンドウ、設定、または新しい版を開いた別のタブが原因かもしれません。',
  interrupted: '読み込みが途中で止まりました。このファイルは追加されていません。',
  unexpected: '予期しない問題が起きました。',
  unexpectedWithFigures: '予期しない問題が起きました（{detail}）。',
  unprotected:
    '文書を外へ出さないためのヘッダーがこのホストから送られず、ブラウザも補えません。安全のため何も開きません。',
  missingFile: 'この文書の元のファイルが見つかりません。もう一度追加するとページを表示できます。',
  invalidVector: '意味検索のモデルが使えない数値を返しました。言葉による検索はそのまま使えます。',
  modelFileMissing: 'モデルのファイルが見つかりません：{file}。',
  modelFileDamaged:
    'モデルのファイルが壊れているか、途中で切れています：{file}。もう一度ダウンロードしてください。取得するのはこのファイルだけです。',
  modelUnreachable: 'モデルの置き場所に接続できませんでした（{file}）。',
  hostNotAllowed:
    'このサイトから {host}（またはその転送先）への接続は許可されていません。Fumikura を公開している人が _headers にホストを追加する必要があります。ファイルをご自分で取得し、そのフォルダーを選ぶこともできます。',
  modelBusy: 'このモデルのファイルは、別のタブで書き込み中です。',
  modelUnusable: 'このブラウザではこのモデルを動かせません。言葉による検索はそのまま使えます。',
  modelReplaced:
    '別のタブで別のモデルが開かれました。同時に開けるモデルは一つです。このモデルを使うには、もう一度選んでください。',
  adapterUnusable: 'このアダプターは使えません：{detail}。',
  adapterUnusableHubId:
    '「{id}」はリポジトリの名前ではありません。owner/name または owner/name@revision の形で入力してください。',
  adapterUnusableMissingFile:
    '{file} がありません。アダプターは adapter_config.json と adapter_model.safetensors からなります。',
  adapterUnusablePickle:
    'このアダプターの重みは .bin 形式で、読み込むときにプログラムが動くおそれがあります。safetensors 形式で保存し直してください。',
  adapterUnusableSeveral: 'アダプターが二つ以上あります：{paths}。一つのフォルダーを選んでください。',
  adapterUnusableArchive: '.zip ファイルを展開できません。壊れているか、パスワード付きか、特殊な形式です。',
  adapterUnusableArchivePath: '.zip の外を指すパスが含まれているため、開きませんでした：{path}。',
  adapterUnusableUnending: 'アダプターの読み込みが 1 分で終わらなかったため、中止しました。',
  adapterUnusableTruncated: 'アダプターの重みが途中で切れています。ファイルをもう一度コピーまたは取得してください。',
  adapterUnusableHeader: 'アダプターの重みが safetensors 形式でないか、ヘッダーが壊れています。',
  adapterUnusableDuplicate: 'アダプターの重みに同じテンソルが二つあります：{tensor}。',
  adapterUnusableDtype: 'アダプターの重みの型は読めません：{tensor} は {dtype} です。読めるのは F32、F16、BF16 です。',
  adapterUnusableLayout: 'アダプターの重みのヘッダーが {tensor} で矛盾しています。ファイルが壊れています。',
  adapterUnusableExcess: 'アダプターの重みに、どのテンソルにも属さない {bytes} があります。ファイルが壊れています。',
  adapterUnusableNotFinite: 'アダプターの重みに数値でない値（NaN または無限大）があります：{tensor}。',
  adapterUnusableNoWeights: 'アダプターのファイルに LoRA の重みがありません。',
  adapterUnusableUnknownTensor: 'アダプターに LoRA 以外のものが含まれています：{tensor}。',
  adapterUnusableConfig: 'アダプターの adapter_config.json が読めません（「{option}」）。',
  adapterUnusableMethod: '別の方式のアダプターです：{method}。使えるのは LoRA アダプターです。',
  adapterUnusableDora: 'LoRA に大きさの成分を加えた DoRA アダプターです。使えるのは通常の LoRA だけです。',
  adapterUnusableModulesToSave:
    'このアダプターはモデルの一部を丸ごと置き換えます（{modules}）。使えるのは線形層に対する通常の LoRA だけです。',
  adapterUnusableEmbeddings:
    'このアダプターはトークンの読み書きの部分を変えます（{module}）。変えられるのは、その間の線形層だけです。',
  adapterUnusableBias: 'このアダプターには学習済みのバイアスがあります。使えるのは bias が "none" のものだけです。',
  adapterUnusableFeature: 'ここでは計算しない種類の LoRA を使っています：{feature}。',
  adapterUnusableInitialisation:
    'このアダプターは元のモデルを変えて学習を始めたため（{initialisation}）、公開されている元のモデルに合いません。保存時に通常の LoRA に変換してください。',
  adapterUnusablePattern: 'アダプターの adapter_config.json にあるパターンが読めません：{pattern}。',
  adapterUnusableHalfPair: 'アダプターに対の片方がありません：{module} の {missing}。',
  adapterUnusableFactors: '{module} の二つの行列が合いません：A は {a}、B は {b} です。',
  adapterUnusableRank: '{module} の重みのランクは {rank} ですが、adapter_config.json では {expected} です。',
  adapterUnusableNotTargeted: 'adapter_config.json が対象としていない {module} の重みが含まれています。',
  adapterUnusableMissingModule: '別のモデルのためのアダプターです：このモデルには {module} がありません。',
  adapterUnusableBaseShape:
    '別のモデルのためのアダプターです：{module} はアダプターでは {shape}、このモデルでは {baseShape} です。',
  unsupportedModel: 'この種類のモデルはここでは動かせません：{architecture}。',
  wrongModelLibrary:
    'このモデルに付属するプログラムは、このページとは別の版のものです。モデルをもう一度ダウンロードしてください。',
  deviceLost: 'GPU が作業の途中で止まりました。GPU を使わずに続けます。',
  promptTooLong: '質問と読み込む箇所が、モデルが一度に扱える長さを超えています。',
  invalidAddress: 'https:// または / で始まるアドレスではありません。',
  evidenceGone: 'この回答のもとになった箇所の一部が、もうありません。質問し直してください。',
  emptyAnswer: 'モデルが何も書かずに終わりました。もう一度質問するか、別のモデルを選んでください。',
  invalidTemplate: 'プロンプトの文面がこのままでは使えません：{template}。',
  invalidTemplateMissing: 'プロンプト「{template}」には {placeholder} が必要です。',
  invalidTemplateUnknown: 'プロンプト「{template}」の {placeholder} に当たるものがありません。',
  invalidTemplateEmpty: 'プロンプト「{template}」を空にすることはできません。',
  noText: 'このファイルには文字がありません。',
  samplesMissing: 'サンプル文書を読み込めませんでした。',
}
