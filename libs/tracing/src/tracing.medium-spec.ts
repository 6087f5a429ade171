import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OtlpCollector, type CollectedSpan } from '../test/otlp-collector.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { currentTraceparent, inSpan, openSpan } from './spans.js';
import { startTracing, type Tracing } from './start-tracing.js';

const noTrouble = (message: string): never => {
  throw new Error(message);
};

describe('inSpan without a collector', () => {
  it('runs the work without a trace', async () => {
    const tracing = await startTracing({ app: 'api', endpoint: undefined, onTrouble: noTrouble });
    await tracing.stop();
    const span = openSpan('GET', { role: 'server' });
    expect(span.traceId).toBeNull();
    expect(span.inside(() => currentTraceparent())).toBeNull();
    span.end();
    expect(await inSpan('work', { role: 'client' }, async () => 42)).toBe(42);
  });
});

describe('inSpan with a collector', () => {
  let collector: OtlpCollector;
  let tracing: Tracing;
  beforeAll(async () => {
    collector = await OtlpCollector.start();
    tracing = await startTracing({ app: 'worker', endpoint: collector.endpoint, onTrouble: noTrouble });
  });
  afterAll(async () => {
    await tracing.stop();
    await collector.stop();
  });

  const collected = (name: string): Promise<CollectedSpan> =>
    waitFor(`the span ${name}`, () => collector.spans.find((span) => span.name === name) ?? false);

  it('links a request, its job, its step and its call, across a pause and processes', async () => {
    const request = openSpan('POST', { role: 'server', parent: null });
    const kept = await request.inside(() =>
      inSpan('split job', { role: 'producer' }, async () => currentTraceparent()),
    );
    request.rename('POST /api/voices/:partner');
    request.end();
    expect(kept).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);

    // Whoever takes the job up has nothing but what the row keeps.
    await inSpan('split samples', { role: 'consumer', parent: kept, attributes: { 'timbre.generation': 2 } }, () =>
      inSpan('RunPod run', { role: 'client' }, async (describe) => describe({ 'timbre.outcome': 'accepted' })),
    );
    const call = await collected('RunPod run');
    expect(collector.chainOf(call)).toEqual(['POST /api/voices/:partner', 'split job', 'split samples', 'RunPod run']);
    expect(call).toMatchObject({ service: 'timbre-worker', kind: 3, attributes: { 'timbre.outcome': 'accepted' } });
    expect(call.traceId).toBe(request.traceId);
    expect((await collected('split samples')).attributes).toEqual({ 'timbre.generation': 2 });
  });

  it('continues the trace of a client, and starts a new one for an invalid traceparent', async () => {
    const theirs = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const followed = openSpan('followed', { role: 'server', parent: theirs });
    const own = openSpan('own', { role: 'server', parent: 'x; DROP TABLE' });
    followed.end();
    own.end();
    expect(await collected('followed')).toMatchObject({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentSpanId: '00f067aa0ba902b7',
    });
    expect((await collected('own')).parentSpanId).toBeUndefined();
  });

  it('throws the failure and records only its kind, since its message may quote user input', async () => {
    const failing = inSpan('failing', { role: 'client' }, () => Promise.reject(new TypeError('secret')));
    await expect(failing).rejects.toThrow('secret');
    expect((await collected('failing')).failure).toBe('TypeError');
  });

  it('exports the remaining spans on stop', async () => {
    openSpan('the last', { role: 'server' }).end();
    await tracing.stop();
    expect(collector.spans.map(({ name }) => name)).toContain('the last');
  });
});
