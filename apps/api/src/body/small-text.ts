import { AppError, sizeText } from '#libs/errors';

/** More than any form needs; longer fields belong into files. */
export const maxTextBytes = 64 * 1024;

/**
 * Reads a small body whole.
 *
 * @throws AppError `too_large` | `malformed_request` when it is no UTF-8, or the stream's own error
 */
export async function readSmallText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxTextBytes) throw AppError.saying('too_large', `The body may have at most ${sizeText(maxTextBytes)}`);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw AppError.saying('malformed_request', 'The body is no valid UTF-8');
  }
}
