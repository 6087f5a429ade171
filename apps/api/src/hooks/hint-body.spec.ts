import { describe, expect, it } from '@jest/globals';
import { runpodJobIdIn } from './hint-body.js';

describe('runpodJobIdIn', () => {
  it('finds the job', () => expect(runpodJobIdIn('{"status":"COMPLETED","id":"abc-1-e1"}')).toBe('abc-1-e1'));

  it.each(['', '{', 'null', '[]', '{}', '{"id":5}', '{"id":""}', '{"id":"a b"}', `{"id":"${'x'.repeat(129)}"}`])(
    'makes nothing of %s',
    (body) => expect(runpodJobIdIn(body)).toBeNull(),
  );
});
