/**
 * Returns the duration of an Ogg Opus file in seconds: the last page's granule position minus the pre-skip, divided by
 * 48 000 (RFC 7845 §4.3, §5.1).
 *
 * @throws RangeError if the bytes are not Ogg Opus
 */
export function opusDurationSeconds(file: Buffer): number {
  const head = file.indexOf('OpusHead');
  const lastPage = file.lastIndexOf('OggS');
  if (head < 0 || lastPage < 0) throw new RangeError('Not an Ogg Opus file');
  const preSkip = file.readUInt16LE(head + 10);
  const granule = Number(file.readBigInt64LE(lastPage + 6));
  return Math.max(0, granule - preSkip) / 48000;
}
