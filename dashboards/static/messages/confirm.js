// @ts-check
/** Words for proving again that one is there, and for second factors. */
export const CONFIRM = Object.freeze({
  "confirm.title": { zh: "请确认是您本人", en: "Is it still you?" },
  "confirm.about": { zh: "这一步会影响谁能登录或带走资料，所以要再确认一次。", en: "This decides who may come in or takes data out, so we ask once more." },
  "confirm.passkey": { zh: "用通行密钥确认", en: "Confirm with a passkey" },
  "confirm.code": { zh: "验证器中的六位数字", en: "Six digits from the authenticator app" },
  "confirm.submit": { zh: "确认", en: "Confirm" },
  "confirm.leave": { zh: "取消", en: "Cancel" },
  "confirm.elsewhere": { zh: "请退出后重新登录，然后再试。", en: "Log out, log in again, and try once more." },
});
