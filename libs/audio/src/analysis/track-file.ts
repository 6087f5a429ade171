import { planeBytes, planesOf, type AnalysisTrack } from './track.js';

/** First bytes of the file: its kind and its version. */
const signature = Buffer.from('TimbreT1');

const headerBytes = signature.length + 8;

/** Returns a track as a file: signature, number of 48 kHz samples, number of frames, then one plane after the other. */
export function trackFile(track: AnalysisTrack): Buffer {
  const header = Buffer.alloc(headerBytes);
  signature.copy(header);
  header.writeUInt32LE(track.totalSamples, signature.length);
  header.writeUInt32LE(track.level.length, signature.length + 4);
  return Buffer.concat([header, ...Object.values(planesOf((plane) => track[plane]))]);
}

/** Reads what `trackFile` has written. @throws Error for anything else */
export function readTrack(file: Buffer): AnalysisTrack {
  const frames = file.length < headerBytes ? 0 : file.readUInt32LE(signature.length + 4);
  const isTrack = file.subarray(0, signature.length).equals(signature);
  let end = headerBytes;
  const bytes = new Uint8Array(file); // the `slice` of a Buffer copies nothing: sorting it would change the track
  const planes = planesOf((plane) => bytes.subarray(end, (end += planeBytes(plane, frames))));
  if (!isTrack || file.length !== end) throw new Error('Not an analysis track');
  return { totalSamples: file.readUInt32LE(signature.length), ...planes };
}
