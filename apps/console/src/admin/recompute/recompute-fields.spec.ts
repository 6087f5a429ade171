import { describe, expect, it } from '@jest/globals';
import { fieldsOf } from './recompute-fields.js';

describe('fieldsOf', () => {
  it('leaves out what is empty', () => {
    expect(fieldsOf({ ttsType: ' kyutai ', version: ' ', partner: '' })).toEqual({ tts_type: 'kyutai' });
  });

  it('has the version and the partner that were chosen', () => {
    expect(fieldsOf({ ttsType: 'kyutai', version: '2.0 ', partner: 'demo' })).toEqual({
      tts_type: 'kyutai',
      engine_older_than: { version: '2.0' },
      partner: 'demo',
    });
  });
});
