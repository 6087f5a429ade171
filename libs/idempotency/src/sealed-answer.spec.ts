import { expect, it } from '@jest/globals';
import { openAnswer, sealAnswer } from './sealed-answer.js';

const answer = { status: 201, headers: { location: '/api/voices/demo/a' }, body: { key: 'tk_secret' } };

it('opens an answer with the same idempotency key and any of the secrets', () => {
  const sealed = sealAnswer(answer, 'key', ['new secret']);
  expect(sealed.toString('latin1')).not.toContain('tk_secret');
  expect(openAnswer(sealed, 'key', ['newer secret', 'new secret'])).toEqual(answer);
});

it('opens nothing with another key, another secret or changed bytes', () => {
  const sealed = sealAnswer(answer, 'key', ['secret']);
  expect(openAnswer(sealed, 'other', ['secret'])).toBeNull();
  expect(openAnswer(sealed, 'key', ['other'])).toBeNull();
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(openAnswer(changed, 'key', ['secret'])).toBeNull();
  }
});
