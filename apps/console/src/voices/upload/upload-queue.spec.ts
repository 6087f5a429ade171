import { describe, expect, it } from '@jest/globals';
import { ApiFailure, type Schema } from '#libs/client';
import { isUploading, type Send, type SendOptions, UploadQueue } from './upload-queue.js';
import type { UploadRequest } from './upload.js';

const request = (name: string): UploadRequest => ({
  partner: 'demo',
  kind: 'recording',
  name,
  file: new File(['audio'], `${name}.wav`),
  fields: {},
});

/** A server whose answers the test gives one by one. */
function controlled() {
  const sent: { readonly name: string; readonly options: SendOptions }[] = [];
  const answers: { resolve: (name: string) => void; reject: (failure: unknown) => void }[] = [];
  const send: Send = ({ name }, options) =>
    new Promise((resolve, reject) => {
      sent.push({ name, options });
      options.signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      answers.push({ resolve: (id) => resolve({ id } as Schema<'VoiceDetails'>), reject });
    });
  return { send, sent, answers };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const refused = (status: number): ApiFailure => ApiFailure.of(new Response(null, { status }), { detail: 'No' });
const lost = ApiFailure.unreachable(new Error('lost'));
const statesOf = (queue: UploadQueue): readonly string[] => queue.current().map(({ state }) => state.is);

describe('UploadQueue', () => {
  it('sends one file after another', async () => {
    const { send, sent, answers } = controlled();
    const queue = new UploadQueue(send);
    queue.add([request('a'), request('b')]);
    expect(statesOf(queue)).toEqual(['sending', 'waiting']);
    answers[0]?.resolve('1');
    await settled();
    expect(statesOf(queue)).toEqual(['done', 'sending']);
    expect(sent.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(isUploading(queue.current())).toBe(true);
    answers[1]?.resolve('2');
    await settled();
    expect(isUploading(queue.current())).toBe(false);
  });

  it('reports how much has been sent, and that Timbre checks it', () => {
    const { send, sent } = controlled();
    let now = 0;
    const queue = new UploadQueue(send, () => now);
    queue.add([request('a')]);
    now = 1000;
    sent[0]?.options.onProgress(500, 1000);
    expect(queue.current()[0]?.state).toEqual({ is: 'sending', loaded: 500, bytesPerSecond: 500 });
    sent[0]?.options.onProgress(1000, 1000);
    expect(statesOf(queue)).toEqual(['checking']);
  });

  it('repeats a lost request with the same key', async () => {
    const { send, sent, answers } = controlled();
    const queue = new UploadQueue(send);
    const [id = ''] = queue.add([request('a')]);
    answers[0]?.reject(lost);
    await settled();
    expect(statesOf(queue)).toEqual(['pausing']);
    queue.retry(id);
    await settled();
    expect(sent[1]?.options.idempotencyKey).toBe(sent[0]?.options.idempotencyKey);
  });

  it('makes a new request of one that was refused, with the name that was corrected', async () => {
    const { send, sent, answers } = controlled();
    const queue = new UploadQueue(send);
    const [id = ''] = queue.add([request('a')]);
    answers[0]?.reject(refused(409));
    await settled();
    expect(statesOf(queue)).toEqual(['failed']);
    queue.retry(id, 'b');
    await settled();
    expect(sent.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(sent[1]?.options.idempotencyKey).not.toBe(sent[0]?.options.idempotencyKey);
  });

  it('goes on with the next file after one has failed or was cancelled', async () => {
    const { send, answers, sent } = controlled();
    const queue = new UploadQueue(send);
    const [, second = ''] = queue.add([request('a'), request('b'), request('c')]);
    answers[0]?.reject(refused(422));
    await settled();
    queue.remove(second);
    await settled();
    expect(sent.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(statesOf(queue)).toEqual(['failed', 'sending']);
    queue.clear();
    await settled();
    expect(queue.current()).toEqual([]);
  });
});
