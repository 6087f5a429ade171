import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '#libs/errors';
import { readPartHeaders } from './part-headers.js';

const read = (...lines: readonly string[]): ReturnType<typeof readPartHeaders> =>
  readPartHeaders(Buffer.from(lines.join('\r\n')));
const disposition = (parameters: string): ReturnType<typeof readPartHeaders> =>
  read(`Content-Disposition: form-data; ${parameters}`);

describe('readPartHeaders', () => {
  it('reads a field', () => {
    expect(disposition('name="creator_name"')).toEqual({
      name: 'creator_name',
      fileName: null,
      mediaType: 'text/plain',
      charset: 'utf-8',
    });
  });

  it('reads a file', () => {
    const headers = ['content-disposition: Form-Data; Name=file; FileName="a.wav"', 'CONTENT-TYPE: Audio/WAV; x'];
    expect(read(...headers, 'Content-Length: 5')).toMatchObject({
      name: 'file',
      fileName: 'a.wav',
      mediaType: 'audio/wav',
    });
  });

  it.each([
    ['filename="my "best" take.wav"', 'my "best" take.wav'],
    ['filename="my \\"best\\" take.wav"', 'my "best" take.wav'],
    ['filename="my %22best%22 take.wav"', 'my "best" take.wav'],
    ['filename="a; b=c.wav"', 'a; b=c.wav'],
    ['filename="a"; b.wav"', 'a"; b.wav'],
    ['filename="""', '"'],
    ['filename=""', ''],
    ['filename=', ''],
    ['filename=my take.wav', 'my take.wav'],
    ['filename=a.wav;', 'a.wav'],
    ['filename="C:\\My Music\\a.wav"', 'C:\\My Music\\a.wav'],
    ['filename="a\\\\b.wav"', 'a\\b.wav'],
    ['filename="50%.wav"', '50%.wav'],
    ['filename="a%0D%0Ab.wav"', 'a\r\nb.wav'],
    ['filename="Aufnahme-ü 日本.wav"', 'Aufnahme-ü 日本.wav'],
    ["filename*=UTF-8''Zo%C3%AB%20%22x%22.wav", 'Zoë "x".wav'],
    ["filename=x.wav; filename*=iso-8859-1'de'Zo%EB.wav", 'Zoë.wav'],
    ["filename*=nonsense; filename='x.wav'", "'x.wav'"],
    ["filename=x.wav; filename*=UTF-8''%FF", 'x.wav'],
    ['filename="a.wav"; size=12', 'a.wav'],
  ])('reads %s', (parameters, fileName) => {
    expect(disposition(`name="file"; ${parameters}`)).toMatchObject({ name: 'file', fileName });
    expect(disposition(`${parameters.replace(/;$/, '')}; name="file"`)).toMatchObject({ name: 'file', fileName });
  });

  it('treats a backslash before the last quote as part of the name', () => {
    expect(disposition('name="file"; filename="C:\\"').fileName).toBe('C:\\');
  });

  it('reads a folded header', () => {
    expect(read('Content-Disposition: form-data;', '\tname="file";', '  filename="a.wav"').fileName).toBe('a.wav');
  });

  it('returns the encoding of a field', () => {
    expect(
      read('Content-Disposition: form-data; name=a', 'Content-Type: text/plain; Charset="ISO-8859-1"').charset,
    ).toBe('iso-8859-1');
  });

  it.each([
    [['']],
    [['Content-Type: audio/wav']],
    [['Content-Disposition form-data; name="a"']],
    [['Content-Disposition: attachment; filename="a.wav"']],
    [['Content-Disposition: form-data']],
    [['Content-Disposition: form-data; filename="a.wav"']],
    [['Content-Disposition: form-data; name="a', 'X: y']],
    [['Content-Disposition: form-data; name="a"; filename']],
    [['Content-Disposition: form-data; name="a" filename="b"; filename']],
    [['Content-Disposition: form-data; name="a"; name="b"']],
    [['Content-Disposition: form-data; name="a"', 'Content-Disposition: form-data; name="b"']],
    [['Content-Disposition: form-data; name="a\0b"']],
    [["Content-Disposition: form-data; name=a; filename*=UTF-8''%FF"]],
    [['Content-Disposition: form-data; name=a; filename=b', 'Content-Transfer-Encoding: base64']],
  ])('rejects %j', (lines) => {
    expect(() => read(...lines)).toThrow(AppError);
  });

  it('rejects names that are not UTF-8', () => {
    for (const text of ['name="Zo\xeb"', 'name="file"; filename="Zo\xeb.wav"']) {
      const block = Buffer.from(`Content-Disposition: form-data; ${text}`, 'latin1');
      expect(() => readPartHeaders(block)).toThrow(
        'A part of the multipart body cannot be read: its headers are no valid UTF-8',
      );
    }
  });

  it('decodes names that browsers have escaped', () => {
    const escape = (name: string): string =>
      name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('\\', '\\\\');
    const name = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/%(22|0d|0a)|[\0-\x1f\x7f]/i.test(text));
    fc.assert(
      fc.property(name, name, (field, file) => {
        const found = disposition(`name="${escape(field)}"; filename="${escape(file)}"`);
        expect(found).toMatchObject({ name: field, fileName: file });
      }),
    );
  });

  it('either reads or rejects any bytes, and quickly', () => {
    const piece = fc.constantFrom('"', '\\', ';', ' ', '=', 'name', 'filename', 'a', '*', "''", '%', '\t', '\r\n', ':');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom(1, 200), (pieces, times) => {
        try {
          disposition(`name=a; ${pieces.join('').repeat(times)}`);
        } catch (error) {
          expect((error as AppError).code).toBe('malformed_request');
        }
      }),
    );
  });
});
