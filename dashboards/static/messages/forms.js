// @ts-check
/** What forms have in common. */
export const FORMS = Object.freeze({
  "form.save": { zh: "保存", en: "Save" },
  "form.saved": { zh: "已保存。", en: "Saved." },
  "form.remove": { zh: "删除", en: "Remove" },
  "form.reason": { zh: "原因", en: "Why" },
  "form.until": { zh: "结束", en: "Until" },
  "form.station": { zh: "服务站", en: "Station" },
  "sure.really": { zh: "确定吗：{what}", en: "Are you sure: {what}" },
  "sure.yes": { zh: "确定{what}", en: "Yes, {what}" },
  "sure.no": { zh: "不改了", en: "No" },
});
