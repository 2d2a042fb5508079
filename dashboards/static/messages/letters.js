// @ts-check
/** Messages between relatives and the station. */
export const LETTERS = Object.freeze({
  "letters.title": { zh: "家属留言", en: "Messages from relatives" },
  "letters.none": { zh: "还没有家属留言。", en: "No relative has written yet." },
  "letters.waits": { zh: "待回复", en: "waits for an answer" },
  "letters.answer": { zh: "回复", en: "Your answer" },
  "letters.send": { zh: "发送回复", en: "Send the answer" },
  "letters.settle": { zh: "无需回复", en: "Needs no answer" },
  "letter.me": { zh: "我", en: "you" },
  "letter.station": { zh: "站点 {name}", en: "{name}, the station" },
  "relation.daughter": { zh: "女儿", en: "daughter" },
  "relation.son": { zh: "儿子", en: "son" },
  "relation.spouse": { zh: "老伴", en: "husband or wife" },
  "relation.grandchild": { zh: "孙辈", en: "grandchild" },
  "relation.sibling": { zh: "兄弟姐妹", en: "brother or sister" },
  "relation.relative": { zh: "其他亲属", en: "other relative" },
  "relation.neighbour": { zh: "邻居", en: "neighbour" },
  "relation.friend": { zh: "朋友", en: "friend" },
});
