// @ts-check
/** What a device logs in with. */
export const DEVICE_KEYS = {
  "keys.title": { zh: "设备 {device} 的登录", en: "How {device} logs in" },
  "keys.open": { zh: "登录", en: "Login" },
  "keys.since": { zh: "当前密钥自 {time} 起有效", en: "Its secret counts since {time}" },
  "keys.none": { zh: "没有有效的密钥，无法登录", en: "It has no secret, and cannot log in" },
  "keys.old": { zh: "上一个密钥到 {time} 为止仍有效", en: "The secret before still counts until {time}" },
  "keys.claim_until": { zh: "有一个认领码，{time} 前有效", en: "A claim code can be used until {time}" },
  "keys.paused": { zh: "消息过多，{time} 前不能连接", en: "It sent too much, and is shut out until {time}" },
  "keys.claim": { zh: "生成认领码", en: "Make a claim code" },
  "keys.once": { zh: "只显示这一次：在设备上输入或扫描。", en: "Shown this once: type it into the device, or let it scan the picture." },
  "keys.qr": { zh: "认领码的二维码", en: "The claim code as a QR picture" },
  "keys.revoke": { zh: "立即停用登录", en: "Shut it out now" },
  "keys.close": { zh: "关闭", en: "Close" },
};
