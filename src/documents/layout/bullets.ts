/** What begins an item of a list when it stands alone. */
export const MARKS = '•‣◦▪●○■□◆◇◎・–—*\\uf0b7※'
/** How a line of text begins that is an item of a list. */
export const BULLET = new RegExp(
  `^(?:[${MARKS}-]\\s*\\S|\\(?\\d{1,3}[.)]\\s+\\S|\\(?[a-zA-Z][.)]\\s+\\S|[①-⑳㋐-㋾]|` +
    '[（(][0-9０-９一二三四五六七八九十ア-ンa-zａ-ｚ]{1,2}[)）]|[［[]例[0-9０-９]*[］\\]]|[0-9０-９ア-ン]{1,2}\\s(?=[^\\d\\sA-Za-z]))',
)
