import { describe, expect, it } from '@jest/globals';
import { runpodJobIdIn } from './hooks.controller.js';

describe('runpodJobIdIn', () => {
  it('returns the id of the job', () =>
    expect(runpodJobIdIn('{"status":"COMPLETED","id":"abc-1-e1"}')).toBe('abc-1-e1'));

  it.each(['', '{', 'null', '[]', '{}', '{"id":5}', '{"id":""}', '{"id":"a b"}', `{"id":"${'x'.repeat(129)}"}`])(
    'returns null for %s',
    (body) => expect(runpodJobIdIn(body)).toBeNull(),
  );
});
