import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { TextDecoder } from 'node:util';
import { AppError } from '#libs/errors';
import { readPartHeaders, unreadable, type PartHeaders } from './part-headers.js';

/** The most parts of a form: far beyond what the contract needs, so that unknown fields can be ignored. */
const maxParts = 120;
const maxHeaderBytes = 16 * 1024;
const maxPaddingBytes = 200;

const lineEnd = Buffer.from('\r\n');
const headersEnd = Buffer.from('\r\n\r\n');

/** The field that carries the recording. */
export const fileField = 'file';

/** The part that is being read. */
interface Part {
  readonly headers: PartHeaders;
  readonly kind: 'field' | 'file' | 'stray file' | 'unnamed';
  /** Checks the encoding of a text field. null for files. */
  readonly decoder: TextDecoder | null;
  bytes: number;
}

type State = 'content' | 'delimiter' | 'headers' | 'end';

/**
 * Rewrites a multipart body for multer: parses the headers of each part and writes plain ones in their place. Contents pass
 * unchanged (RFC 2046 §5.1.1).
 *
 * Multer's parser silently skips parts whose headers it does not understand and files without a name, and it replaces
 * invalid UTF-8. Here every part is either read or rejected.
 */
export class ReadableParts extends Transform {
  /** The headers of the rewritten body. */
  readonly headers: IncomingHttpHeaders;
  /** The name of the received file, as the client wrote it. */
  clientName = '';
  /** Fields of non-empty files that the route does not take. The rewritten body omits them. */
  readonly strayFiles: string[] = [];

  private readonly boundary: string = randomUUID();
  private readonly delimiter: Buffer;
  private state: State = 'content';
  private part: Part | null = null;
  private parts = 0;
  private filesTaken = 0; // not `files`: multer sets that property
  private rest: Buffer = lineEnd; // so that the first delimiter may start the body

  /** @param takesFile whether the route takes a file */
  constructor(
    headers: IncomingHttpHeaders,
    private readonly takesFile: boolean,
  ) {
    super({ highWaterMark: 1024 ** 2 });
    this.delimiter = Buffer.from(`\r\n--${boundaryOf(headers)}`, 'latin1');
    this.headers = { ...headers, 'content-type': `multipart/form-data; boundary=${this.boundary}` };
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.attempt(() => {
      this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
      while (this.step());
    }, done);
  }

  override _flush(done: TransformCallback): void {
    this.attempt(() => {
      if (this.state !== 'end') throw AppError.saying('malformed_request', 'The multipart body ends too early');
    }, done);
  }

  private attempt(read: () => void, done: TransformCallback): void {
    try {
      read();
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  /** @returns false if the next step needs more of the body */
  private step(): boolean {
    switch (this.state) {
      case 'content':
        return this.readContent();
      case 'delimiter':
        return this.readDelimiter();
      case 'headers':
        return this.readHeaders();
      case 'end':
        this.rest = Buffer.alloc(0);
        return false;
    }
  }

  private readContent(): boolean {
    const end = this.rest.indexOf(this.delimiter);
    if (end !== -1) {
      this.content(this.rest.subarray(0, end));
      this.endPart();
      return this.go('delimiter', end + this.delimiter.length);
    }
    // The last bytes may be the start of a delimiter.
    const start = this.rest.indexOf('\r', Math.max(0, this.rest.length - this.delimiter.length + 1));
    const safe = start === -1 ? this.rest.length : start;
    this.content(this.rest.subarray(0, safe));
    this.rest = this.rest.subarray(safe);
    return false;
  }

  /** A delimiter is followed by `--` at the end of the body, or by blanks and the end of the line. */
  private readDelimiter(): boolean {
    if (this.rest.length < 2) return false;
    if (this.rest.toString('latin1', 0, 2) === '--') {
      this.push(`\r\n--${this.boundary}--\r\n`);
      return this.go('end', this.rest.length);
    }
    const end = this.rest.indexOf(lineEnd);
    const padding = this.rest.toString('latin1', 0, end === -1 ? maxPaddingBytes + 1 : end);
    if (!/^[ \t]*\r?$/.test(padding) || padding.length > maxPaddingBytes) {
      throw AppError.saying('malformed_request', 'The multipart body has a malformed boundary');
    }
    // Keep the end of the line: a part without headers starts with an empty line.
    return end !== -1 && this.go('headers', end);
  }

  private readHeaders(): boolean {
    const end = this.rest.indexOf(headersEnd);
    if (end > maxHeaderBytes || (end === -1 && this.rest.length > maxHeaderBytes)) {
      throw unreadable('its headers are too large');
    }
    const content = end + headersEnd.length;
    // A delimiter must follow. That of an empty part may overlap the end of the headers.
    if (end === -1 || this.rest.length < content + this.delimiter.length) return false;
    const isBare = this.rest.indexOf(this.delimiter, content - lineEnd.length) === content - lineEnd.length;
    this.beginPart(readPartHeaders(this.rest.subarray(lineEnd.length, Math.max(end, lineEnd.length))));
    return this.go('content', isBare ? content - lineEnd.length : content);
  }

  private go(state: State, from: number): true {
    this.state = state;
    this.rest = this.rest.subarray(from);
    return true;
  }

  private beginPart(headers: PartHeaders): void {
    this.parts += 1;
    if (this.parts > maxParts) throw AppError.saying('too_large', 'A form may have at most 100 fields');
    const kind = this.kindOf(headers);
    this.part = { headers, kind, decoder: kind === 'field' ? decoderOf(headers.charset) : null, bytes: 0 };
    if (kind === 'field') this.writeHeaders(headers.name, `text/plain; charset=${headers.charset}`);
  }

  private kindOf({ name, fileName, mediaType }: PartHeaders): Part['kind'] {
    if (this.takesFile && name === fileField) return 'file';
    const isFile = fileName !== null || /^(?:audio|video)\/|^application\/octet-stream$/.test(mediaType);
    if (isFile) return 'stray file';
    // JSON and urlencoded bodies may have a field without a name, too. Multer would reject it.
    return name === '' ? 'unnamed' : 'field';
  }

  private content(bytes: Buffer): void {
    const { part } = this;
    if (part === null || bytes.length === 0) return; // without a part this is the preamble
    if (part.kind === 'file' && part.bytes === 0) this.beginFile(part.headers);
    part.bytes += bytes.length;
    if (part.decoder) checkText(part, bytes);
    if (part.kind === 'field' || part.kind === 'file') this.push(bytes);
  }

  private endPart(): void {
    const { part } = this;
    this.part = null;
    if (part === null) return;
    if (part.decoder) checkText(part, null);
    if (part.kind === 'stray file' && part.bytes > 0) this.strayFiles.push(part.headers.name);
    // An empty file with a name was chosen by a person. Without a name it is an unused file input.
    if (part.kind === 'file' && part.bytes === 0 && part.headers.fileName) this.beginFile(part.headers);
  }

  private beginFile({ name, fileName }: PartHeaders): void {
    this.filesTaken += 1;
    if (this.filesTaken > 1) throw AppError.field(name, `${name} must be given once`);
    this.clientName = fileName ?? '';
    this.writeHeaders(name, 'application/octet-stream', '; filename="upload"');
  }

  private writeHeaders(name: string, type: string, fileName = ''): void {
    const escaped = name
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '%22')
      .replaceAll('\r', '%0D')
      .replaceAll('\n', '%0A');
    const disposition = `Content-Disposition: form-data; name="${escaped}"${fileName}`;
    this.push(`\r\n--${this.boundary}\r\n${disposition}\r\nContent-Type: ${type}\r\n\r\n`);
  }
}

function boundaryOf(headers: IncomingHttpHeaders): string {
  const [, quoted, plain] = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;"]+))/i.exec(headers['content-type'] ?? '') ?? [];
  const boundary = quoted ?? plain;
  if (boundary !== undefined) return boundary;
  const sentence = 'The Content-Type multipart/form-data has no boundary: let the HTTP client set this header';
  throw AppError.saying('malformed_request', sentence);
}

function decoderOf(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    throw unreadable('its charset is unknown');
  }
}

/** @param bytes the next bytes of the field, null after the last ones */
function checkText({ decoder, headers }: Part, bytes: Buffer | null): void {
  try {
    if (bytes === null) decoder?.decode();
    else decoder?.decode(bytes, { stream: true });
  } catch {
    const sentence = `The field ${JSON.stringify(headers.name)} is no valid ${headers.charset.toUpperCase()}`;
    throw AppError.saying('malformed_request', sentence);
  }
}
