/** The one thing of EXIF data that changes a picture: which way up the camera was held. */

/** Tag 0x0112 of Exif 2.32, section 4.6.4. */
const ORIENTATION = 0x0112;
/** The type of a 16-bit number. */
const SHORT = 3;
const ENTRY_BYTES = 12;

/**
 * The orientation, 1 (upright) to 8, of EXIF data given from its TIFF header on; 1 where there is
 * none or it makes no sense, because cameras write strange things and a viewer then shows the
 * picture as stored.
 */
export function readOrientation(exif: Uint8Array): number {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  if (exif.length < 8) return 1;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > exif.length) return 1;
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + i * ENTRY_BYTES;
    if (entry + ENTRY_BYTES > exif.length) return 1;
    if (view.getUint16(entry, little) !== ORIENTATION) continue;
    if (view.getUint16(entry + 2, little) !== SHORT) return 1;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
