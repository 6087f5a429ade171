import { describe, expect, it } from '@jest/globals';
import { parseJobDone } from './job-done.js';

describe('parseJobDone', () => {
  it.each([
    ['a result', { output: { ok: 1 } }, { kind: 'completed', output: { ok: 1 } }],
    ['no result', {}, { kind: 'completed', output: null }],
    ['progress', { status: 'IN_PROGRESS', output: { done: 1 } }, { kind: 'progress', output: { done: 1 } }],
    ['a returned error', { error: 'no voice', output: {} }, { kind: 'failed', error: 'no voice' }],
    ['an error that is no text', { error: { code: 7 } }, { kind: 'failed', error: '{"code":7}' }],
  ])('reads %s', (_, body, expected) => {
    expect(parseJobDone(JSON.stringify(body))).toEqual(expected);
  });

  it('leaves out the traceback and the machine of an exception', () => {
    const error = JSON.stringify({
      error_type: "<class 'ValueError'>",
      error_message: 'sample 2 is silent',
      error_traceback: 'File "/root/handler.py", line 7',
      hostname: 'pod-1',
      worker_id: 'w',
    });
    expect(parseJobDone(JSON.stringify({ error }))).toEqual({
      kind: 'failed',
      error: `{"error_type":"<class 'ValueError'>","error_message":"sample 2 is silent"}`,
    });
  });

  it.each(['', '{"output": NaN}', '[]', 'null'])('fails the job for the body %j', (body) => {
    expect(parseJobDone(body)).toEqual({ kind: 'failed', error: 'The handler returned something that is not JSON' });
  });
});
