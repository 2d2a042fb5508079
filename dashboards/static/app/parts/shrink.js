// @ts-check
/** Makes a photo small before it travels: a dead spot is no place for ten megabytes. What the camera wrote into it stays here. */

const SIDE = 1600; // pixels; the server keeps no more
const SMALL = 240; // of the picture that is shown while it waits
const QUALITY = 0.8;

/** @param {ImageBitmap} bitmap @param {number} side of the longer edge */
function drawn(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * @param {Blob} photo  as the camera made it
 * @returns {Promise<{ file: Blob, picture: string }>} a JPEG to send, and a small data: URL to show; rejects when it is no picture
 */
export async function shrink(photo) {
  const bitmap = await createImageBitmap(photo, { imageOrientation: "from-image" });
  const canvas = drawn(bitmap, SIDE);
  const file = await new Promise((tell) => canvas.toBlob(tell, "image/jpeg", QUALITY));
  const picture = drawn(bitmap, SMALL).toDataURL("image/jpeg", 0.6);
  bitmap.close();
  if (!file) throw new Error("not a picture");
  return { file, picture };
}
