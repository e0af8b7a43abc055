/** Abbreviations whose full stop never ends a sentence: what they introduce always follows. */
export const introducing = new Set(
  (
    'dr mr mrs ms prof rev hon gen col lt sgt capt cmdr adm gov sen rep pres supt messrs mme mlle st mt ft ' +
    'fig figs eq eqs sec secs ref refs tab ch chap vol vols art arts par para pt ed eds cf vs viz ca approx al resp ' +
    'e.g i.e'
  ).split(' '),
)

/** Abbreviations that stand before a number ("No. 5", "pp. 3–9"), and are words of their own elsewhere ("No."). */
export const numbering = new Set(
  'no nos p pp app item rule jan feb mar apr jun jul aug sep sept oct nov dec'.split(' '),
)

/** Abbreviations that may end a sentence: they do when a word follows that usually begins one. */
export const closing = new Set(
  'inc ltd co corp llc bros jr sr etc dept est ext tel univ assn a.m p.m u.s u.k ph.d'.split(' '),
)

/** Words that, written with a capital after an abbreviation, begin a sentence rather than go on with a name. */
export const openers = new Set(
  (
    'a an the this that these those it its he she they we you i his her their our your my there here in on at for from with ' +
    'by to of as if when while although because since after before during under however moreover therefore thus but and ' +
    'or so yet then no not all each every some many most both such what who which where why how please see note'
  ).split(' '),
)
