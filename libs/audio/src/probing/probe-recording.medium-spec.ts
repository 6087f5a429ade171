import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { audioLab } from '../../../../test/support/audio-lab.js';
import { makeAudio, speech } from '../../../../test/support/audio-measure.js';
import { acceptedFormats } from '../ffmpeg/tool-requirements.js';
import { flacFacts } from '../../../../test/support/recording-facts.js';
import { encodeOpus } from '../ffmpeg/encode-opus.js';
import { probeRecording, recordingLimits } from '../index.js';

const lab = audioLab();

const probe = (inputPath: string, maxSeconds = 3600) =>
  probeRecording({ tools: lab.tools, inputPath, limits: recordingLimits(maxSeconds) });

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(lab.folder, name);
  await writeFile(path, content);
  return path;
}

async function made(name: string, options: readonly string[]): Promise<string> {
  const path = join(lab.folder, name);
  await makeAudio(lab.tools, [...options, path]);
  return path;
}

const refusal = (message: string) => ({ code: 'unusable_audio', status: 422, message });
const notAccepted = `The format of the file is not accepted; send ${acceptedFormats}`;
const undecodable = refusal('The file is not audio that can be decoded');

describe('probeRecording of a good recording', () => {
  it('describes it', async () => {
    expect(await probe(speech('en'))).toEqual({
      durationSeconds: 75,
      startSeconds: 0,
      statedSeconds: 75,
      ...{ track: 0, trackCount: 1, channel: null, isHeard: true, ignoresStatedLength: false, bytesBehindEnd: 0 },
      formatName: 'flac',
      codecName: 'flac',
      channels: 1,
      sampleRate: 16_000,
    });
  });

  it.each([
    ['exact.wav', ['-t', '1']],
    ['short.mp3', ['-t', '1.2']],
    ['short.m4a', ['-t', '1.2']],
    ['short.webm', ['-t', '1.2', '-c:a', 'libopus']],
  ])('accepts little more than a second: %s', async (name, options) => {
    const facts = await probe(await made(name, ['-i', speech('en'), ...options]));
    expect(facts.durationSeconds).toBeGreaterThan(0.99);
    expect(facts.durationSeconds).toBeLessThan(1.3);
  });

  it('returns no length if the container states none or an impossible one', async () => {
    const whole = await made('whole.wav', ['-i', speech('en'), '-t', '5', '-bitexact']);
    const bytes = await readFile(whole);
    for (const [name, stated] of [
      ['piped.wav', 0xffffffff],
      ['lying.wav', 0x70000000],
    ] as const) {
      bytes.writeUInt32LE(stated, 4);
      bytes.writeUInt32LE(stated, bytes.indexOf('data') + 4);
      expect((await probe(await file(name, bytes), 60)).durationSeconds).toBeNull();
    }
  });

  it('returns no length if ffprobe only estimates it from a bit rate', async () => {
    const path = await made('headless.mp3', ['-i', speech('en'), '-t', '5', '-write_xing', '0']);
    expect((await probe(path)).durationSeconds).toBeNull();
  });
});

describe('probeRecording rejects', () => {
  it.each([
    ['text', 'text.wav', 'this is text\n'.repeat(5000), 'The file is not audio that can be decoded'],
    ['a concat script', 'script.wav', `ffconcat version 1.0\nfile ${speech('en')}\n`, notAccepted],
    ['a PNG', 'image.mp3', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), notAccepted],
    [
      'an SVG',
      'image.svg',
      '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
      notAccepted,
    ],
  ])('%s', async (_, name, content, sentence) => {
    await expect(probe(await file(name, content))).rejects.toMatchObject(refusal(sentence));
  });

  it('an empty file', async () => {
    await expect(probe(await file('empty.wav', ''))).rejects.toMatchObject(refusal('The file is empty'));
  });

  it.each(['flac', 'mp3', 'm4a'])('a %s header followed by garbage', async (extension) => {
    const whole = await made(`whole.${extension}`, ['-i', speech('en'), '-t', '20']);
    const bytes = await readFile(whole);
    // m4a has its index at the end.
    const kept = extension === 'm4a' ? bytes.length - 8000 : bytes.length;
    bytes.fill('hello garbage ', 600, kept);
    await expect(probe(await file(`garbage.${extension}`, bytes))).rejects.toMatchObject(undecodable);
  });

  it('a video without sound', async () => {
    const path = await made('silent.mp4', ['-f', 'lavfi', '-i', 'testsrc=d=2:s=64x64', '-c:v', 'mpeg4']);
    await expect(probe(path)).rejects.toMatchObject(refusal('The file has no audio in it'));
  });

  it.each(['wav', 'mp3', 'webm'])('a %s shorter than a second', async (extension) => {
    const codec = extension === 'webm' ? ['-c:a', 'libopus'] : [];
    const path = await made(`blip.${extension}`, ['-i', speech('en'), '-t', '0.3', ...codec]);
    await expect(probe(path)).rejects.toMatchObject(refusal('The recording is shorter than 1 second'));
  });

  it('a recording over the limit, which it names', async () => {
    await expect(probe(speech('en'), 60)).rejects.toMatchObject(refusal('The recording is longer than 60 seconds'));
  });

  it('a recording with too many channels', async () => {
    const sixteen = ['-f', 'lavfi', '-i', 'anoisesrc=d=2:r=8000', '-af', 'pan=hexadecagonal|c0=c0'];
    const message = 'The recording has 16 channels, more than the 8 allowed';
    await expect(probe(await made('16.wav', sixteen))).rejects.toMatchObject(refusal(message));
  });
});

describe('probeRecording of a playlist', () => {
  let server: Server;
  let connections = 0;

  beforeAll(async () => {
    server = createServer((_, response) => response.end()).on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it.each(['list.m3u8', 'list.wav'])('opens no connection and no other file for %s', async (name) => {
    const { port } = server.address() as AddressInfo;
    const entries = [`http://127.0.0.1:${port}/a.ts`, `file://${speech('en')}`];
    const lines = entries.flatMap((entry) => ['#EXTINF:10,', entry]);
    const text = ['#EXTM3U', '#EXT-X-TARGETDURATION:10', ...lines, '#EXT-X-ENDLIST', ''].join('\n');
    const inputPath = await file(name, text);
    // ffmpeg 5.1 recognises a playlist by its content, newer builds by its extension too.
    const refused = await probe(inputPath).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'unusable_audio', status: 422 });
    expect([notAccepted, undecodable.message]).toContain((refused as Error).message);
    const limits = recordingLimits(60);
    const encoding = encodeOpus({ tools: lab.tools, inputPath, facts: flacFacts, workFolder: lab.folder, limits });
    await expect(encoding).rejects.toMatchObject({ code: 'conversion_failed' });
    expect(connections).toBe(0);
  });
});

it('probeRecording throws the reason of an abort', async () => {
  const limits = recordingLimits(60);
  const signal = AbortSignal.abort(new Error('client disconnected'));
  await expect(probeRecording({ tools: lab.tools, inputPath: speech('en'), limits, signal })).rejects.toThrow(
    'client disconnected',
  );
});
