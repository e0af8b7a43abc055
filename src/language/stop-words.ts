/** English words that say nothing about what a passage is about; question words are among them. */
export const stopWords: ReadonlySet<string> = new Set(
  (
    'a about all also am an and any are as at be been before being between both but by can could did do does each for from had ' +
    'has have he her him his how i if in into is it its many me most much my no not of on only or other our over so some such ' +
    'than that the their them then there these they this those to under us was we were what when where which who whom whose why ' +
    'will with would you your'
  ).split(' '),
)

/** Japanese question words: they stand in questions, and in passages only by chance. */
export const questionWords =
  /何|なに|なん(?=です|でしょ|と|の|で)|誰|だれ|どこ|どの|どれ|どちら|どっち|どんな|どう|いつ|なぜ|いくつ|いくら|いかに|ですか|ますか|でしょうか|ましたか|ください|教えて/gu
