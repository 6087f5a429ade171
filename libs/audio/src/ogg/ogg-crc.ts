/** Generator polynomial of the Ogg page checksum (RFC 3533 §6, field 7). Most significant bit first, no inversion. */
const polynomial = 0x04c11db7;

/** Bytes per iteration ("slicing-by-8": eight independent table look-ups). */
const slices = 8;

/** Eight tables of 256 entries. Entry [k * 256 + b] is the checksum of the byte b followed by k zero bytes. */
const tables = buildTables();

function buildTables(): Int32Array {
  const built = new Int32Array(slices * 256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte << 24;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder << 1) ^ (remainder < 0 ? polynomial : 0);
    built[byte] = remainder;
  }
  for (let entry = 256; entry < built.length; entry++) {
    const shorter = built[entry - 256] as number;
    built[entry] = (shorter << 8) ^ (built[shorter >>> 24] as number);
  }
  return built;
}

/**
 * Computes the Ogg checksum (RFC 3533 §6, field 7), continued from `checksum`.
 *
 * @param checksum of the bytes before these; 0 at the start
 * @returns an unsigned 32-bit number
 */
export function oggCrc(bytes: Uint8Array, checksum = 0): number {
  const at = (index: number): number => bytes[index] as number;
  const zeros = (count: number, byte: number): number => tables[count * 256 + byte] as number;
  let crc = checksum | 0;
  let index = 0;
  for (const last = bytes.length - slices; index <= last; index += slices) {
    crc ^= (at(index) << 24) | (at(index + 1) << 16) | (at(index + 2) << 8) | at(index + 3);
    crc =
      zeros(7, crc >>> 24) ^
      zeros(6, (crc >>> 16) & 255) ^
      zeros(5, (crc >>> 8) & 255) ^
      zeros(4, crc & 255) ^
      zeros(3, at(index + 4)) ^
      zeros(2, at(index + 5)) ^
      zeros(1, at(index + 6)) ^
      zeros(0, at(index + 7));
  }
  for (; index < bytes.length; index++) crc = (crc << 8) ^ zeros(0, (crc >>> 24) ^ at(index));
  return crc >>> 0;
}
