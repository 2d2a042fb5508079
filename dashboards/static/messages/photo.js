// @ts-check
/** Pictures that are taken on the spot. */
export const PHOTO = Object.freeze({
  "photo.take": { zh: "拍照", en: "Take a photo" },
  "photo.title": { zh: "照片", en: "Photos" },
  "photo.about": { zh: "照片只给站点工作人员看。", en: "Photos are seen by the station's staff only." },
  "photo.unreadable": { zh: "这张照片读不出来，请再拍一张。", en: "This photo cannot be read. Please take another." },
  "photo.words": { zh: "{name} 拍摄，{time}", en: "Photo by {name}, {time}" },
  "photo.close": { zh: "关闭", en: "Close" },
});
