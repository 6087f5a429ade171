import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text.js';
import { originalFilename, uploadedName } from './recording-name.js';

describe('uploadedName', () => {
  it.each([
    ['recording.wav', 'recording.wav'],
    ['Aufnahme-ü 日本.wav', 'Aufnahme-ü 日本.wav'],
    ['/etc/passwd', 'passwd'],
    ['C:\\Users\\ann\\talk.mp3', 'talk.mp3'],
    ['../../x.wav', 'x.wav'],
    ['a\u0000b\r\n.wav', 'ab.wav'],
    ['\uD83Dtalk.wav', 'talk.wav'],
    ['talk\u202Evaw.exe', 'talkvaw.exe'],
    ['  talk.wav ', 'talk.wav'],
    ['', 'recording'],
    ['folder/', 'recording'],
    ['..', 'recording'],
    ['\u0000', 'recording'],
    ['\u{1F600}'.repeat(300), '\u{1F600}'.repeat(255)],
  ])('turns %j into %j', (sent, kept) => {
    expect(uploadedName(sent)).toBe(kept);
  });

  it('returns no folder, no control character and never an empty name', () => {
    fc.assert(
      fc.property(anyText({ maxLength: 600 }), (sent) => {
        const kept = uploadedName(sent);
        expect(kept).toMatch(/^[^/\\\p{Cc}\p{Cs}\p{Bidi_Control}]{1,255}$/u);
        expect(['.', '..']).not.toContain(kept);
      }),
    );
  });
});

describe('originalFilename', () => {
  it.each([
    ['recording.wav', 'recording.opus'],
    ['recording', 'recording.opus'],
    ['talk.tar.gz', 'talk.tar.opus'],
    ['talk.opus', 'talk.opus'],
    ['.wav', '.wav.opus'],
    ['talk.', 'talk.opus'],
    ['v1.2 final take.flac', 'v1.2 final take.opus'],
  ])('turns %j into %j', (uploaded, original) => {
    expect(originalFilename(uploaded)).toBe(original);
  });
});
