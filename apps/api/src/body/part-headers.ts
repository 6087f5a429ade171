import { AppError } from '#libs/errors';

/** The headers of one part of a multipart body. */
export interface PartHeaders {
  /** Empty if the client gives the field an empty name. Such a field is unknown to every route. */
  readonly name: string;
  /** As the client wrote it. null if the part names no file, empty if the person chose no file. */
  readonly fileName: string | null;
  /** In lower case, `text/plain` by default (RFC 7578 §4.4). */
  readonly mediaType: string;
  /** Encoding of a text field. */
  readonly charset: string;
}

/** Transfer encodings that leave the bytes unchanged. No client needs another one (RFC 7578 §4.7). */
const plainEncodings: ReadonlySet<string> = new Set(['', '7bit', '8bit', 'binary']);

/**
 * Parses the headers of a part (RFC 7578 §4.2).
 *
 * Accepts what clients really send: no file name, `filename*`, quotes and semicolons in a quoted file name. Rejects a part
 * whose field is not clear, because a skipped part would be lost data.
 *
 * @param block the headers without the empty line at their end
 * @throws AppError `malformed_request`
 */
export function readPartHeaders(block: Buffer): PartHeaders {
  const headers = readLines(utf8(block));
  const encoding = headers.get('content-transfer-encoding') ?? '';
  if (!plainEncodings.has(encoding.toLowerCase())) throw unreadable('its Content-Transfer-Encoding is not binary');
  const disposition = headers.get('content-disposition');
  if (disposition === undefined) throw unreadable('it has no Content-Disposition');
  const [type, parameters] = readParameters(disposition);
  if (type !== 'form-data') throw unreadable('its Content-Disposition is not form-data');
  const named = parameters.get('name');
  if (named === undefined) throw unreadable('it has no field name');
  const name = unescapeName(named);
  const contentType = (headers.get('content-type') ?? '').toLowerCase();
  return {
    name,
    fileName: fileNameIn(parameters),
    mediaType: contentType.split(';', 1)[0]?.trim() || 'text/plain',
    charset: /;\s*charset\s*=\s*"?([^\s;"]+)/.exec(contentType)?.[1] ?? 'utf-8',
  };
}

/** Returns the error for a part that cannot be read. */
export function unreadable(why: string): AppError {
  return AppError.saying('malformed_request', `A part of the multipart body cannot be read: ${why}`);
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('its headers are no valid UTF-8');
  }
}

function readLines(block: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  const unfolded = block.replaceAll(/\r\n[ \t]+/g, ' '); // RFC 5322 §2.2.3
  for (const line of unfolded.split('\r\n')) {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+)[ \t]*:([^\0-\x08\x0a-\x1f\x7f]*)$/.exec(line) ?? [];
    if (name === undefined) throw unreadable('one of its headers is malformed');
    const key = name.toLowerCase();
    if (headers.has(key) && key.startsWith('content-')) throw unreadable(`it has two ${name} headers`);
    headers.set(key, value.trim());
  }
  return headers;
}

/** Parses `value; key=token; key="quoted"`. */
function readParameters(header: string): readonly [value: string, parameters: ReadonlyMap<string, string>] {
  const parameters = new Map<string, string>();
  const [value = ''] = header.split(';', 1);
  let at = value.length;
  while (!restIsBlank.test(header.slice(at))) {
    const [start = '', key = ''] = parameterStart.exec(header.slice(at)) ?? [];
    if (start === '') throw unreadable('a parameter of its Content-Disposition is malformed');
    if (parameters.has(key.toLowerCase())) throw unreadable(`it has two parameters ${key}`);
    const [text, end] = readValue(header, at + start.length);
    parameters.set(key.toLowerCase(), text);
    at = end;
  }
  return [value.trim().toLowerCase(), parameters];
}

const restIsBlank = /^[;\s]*$/;
const parameterStart = /^;\s*([^\s=;"]+)\s*=\s*/;
const parameterEnd = /\s*(?:;\s*(?:[^\s=;"]+\s*=|$)|$)/y;

/** @returns the value that starts here, and the position after it */
function readValue(header: string, start: number): readonly [text: string, end: number] {
  if (header[start] !== '"') {
    const semicolon = header.indexOf(';', start);
    const end = semicolon === -1 ? header.length : semicolon;
    return [header.slice(start, end).trim(), end];
  }
  const close = closingQuote(header, start + 1);
  return [header.slice(start + 1, close).replaceAll(/\\(["\\])/g, '$1'), close + 1];
}

/**
 * Finds the end of a quoted value. Some clients do not escape quotes (`filename="my "best" take.wav"`), so only a quote
 * before another parameter, or at the end of the header, ends the value.
 */
function closingQuote(header: string, start: number): number {
  for (let at = start; at < header.length; at += 1) {
    if (header[at] === '\\' && /["\\]/.test(header[at + 1] ?? '')) at += 1;
    else if (header[at] === '"') {
      parameterEnd.lastIndex = at + 1;
      if (parameterEnd.test(header)) return at;
    }
  }
  // In `filename="C:\"` the backslash before the last quote does not escape it.
  if (header.endsWith('"') && header.length > start) return header.length - 1;
  throw unreadable('a quote of its Content-Disposition is not closed');
}

function fileNameIn(parameters: ReadonlyMap<string, string>): string | null {
  const extended = parameters.get('filename*');
  const plain = parameters.get('filename');
  if (extended === undefined) return plain === undefined ? null : unescapeName(plain);
  const decoded = decodeExtended(extended) ?? plain;
  if (decoded === undefined) throw unreadable('its filename* is malformed');
  return decoded;
}

/** Decodes `charset'language'percent-encoded` (RFC 8187). @returns null for other text */
function decodeExtended(text: string): string | null {
  const [, charset = '', encoded = ''] = /^([\w-]+)'[\w-]*'((?:%[\da-f]{2}|[^%\s"])*)$/i.exec(text) ?? [];
  const bytes = encoded.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  try {
    return new TextDecoder(charset, { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return null;
  }
}

/** Decodes what browsers escape in names: `"`, CR and LF (WHATWG HTML, "multipart form data"). */
const unescapeName = (text: string): string =>
  text.replaceAll(/%22|%0d|%0a/gi, (escaped) => decodeURIComponent(escaped));
