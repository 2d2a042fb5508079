// @ts-check
/** The station's cheap screen. */
export const CONSOLE = Object.freeze({
  "console.title": { zh: "站点屏幕", en: "Station screen" },
  "console.calm": { zh: "现在没有报警", en: "No alarm now" },
  "console.more": { zh: "还有 {count} 件等待处理", en: "{count} more waiting" },
  "console.in_hand": { zh: "{count} 件有人在处理", en: "{count} in hand" },
  "console.take": { zh: "接警", en: "I take it" },
  "console.sound": { zh: "点此开启声音", en: "Press for sound" },
  "console.stale": { zh: "连接已断开，屏幕内容不可信", en: "Connection lost: do not trust this screen" },
  "console.call": { zh: "紧急情况请用电话联系。", en: "Use the telephone for anything urgent." },
  "console.fetching": { zh: "正在连接…", en: "Connecting…" },
});
