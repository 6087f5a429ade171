import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AudioTools } from '#libs/audio';
import { audioTools, makeAudio, speech, temporaryFolder } from '../support/audio-measure.js';
import { scratchUploads } from '../support/scratch-uploads.js';
import { makePartner, sharedStack, type TestPartner } from '../support/shared-stack.js';
import { createVoice, settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';

let partner: TestPartner;
let tools: AudioTools;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder();
  partner = await makePartner(sharedStack());
  tools = audioTools();
});
afterAll(() => folder.remove());

const fileOf = async (name: string, content: string): Promise<string> => {
  const file = path.join(folder.path, name);
  await writeFile(file, content);
  return file;
};

async function expectRefused(file: string, detail: RegExp): Promise<void> {
  const answer = await createVoice(partner, 'refused', file);
  const { detail: said } = answer.body as unknown as { detail: string };
  expect({ status: answer.status, detail: said }).toEqual({ status: 422, detail: expect.stringMatching(detail) });
  const list = await partner.http.get<{ name: string }[]>(partner.route());
  expect(list.body.map((voice) => voice.name)).not.toContain('refused');
  const { dataDir } = sharedStack();
  await waitFor('the upload files to be removed', async () => (await scratchUploads(dataDir)).length === 0);
}

describe('an upload that is not a recording is rejected with a reason and leaves no file', () => {
  it('text named .wav', async () => {
    await expectRefused(await fileOf('text.wav', 'This is no audio at all.\n'.repeat(1000)), /audio/);
  });

  it('an empty file', async () => {
    await expectRefused(await fileOf('empty.wav', ''), /empty/);
  });

  it('a script of ffconcat that names another file', async () => {
    const script = `ffconcat version 1.0\nfile '${speech('en')}'\n`;
    await expectRefused(await fileOf('concat.wav', script), /format of the file is not accepted; send WAV/);
  });

  it('an HLS playlist, whose parts are not fetched', async () => {
    let connections = 0;
    const server = createServer((_request, response) => response.end());
    server.on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:${port}/a.ts\n#EXT-X-ENDLIST\n`;
    await expectRefused(
      await fileOf('playlist.wav', playlist),
      /format of the file is not accepted|not audio that can be decoded/,
    );
    expect(connections).toBe(0);
    server.close();
  });

  it('a video without sound', async () => {
    const video = path.join(folder.path, 'video.mp4');
    await makeAudio(tools, ['-f', 'lavfi', '-i', 'testsrc=duration=3:size=64x64:rate=5', video]);
    await expectRefused(video, /audio/);
  });

  it('0.3 s of audio', async () => {
    const short = path.join(folder.path, 'short.wav');
    await makeAudio(tools, ['-i', speech('en'), '-t', '0.3', short]);
    await expectRefused(short, /1 second/);
  });
});

describe('a silent recording', () => {
  it('fails to split with the reason', async () => {
    const silence = path.join(folder.path, 'silence.wav');
    await makeAudio(tools, ['-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-t', '35', silence]);
    expect((await createVoice(partner, 'silence', silence)).status).toBe(201);
    const voice = await settled(partner, 'silence');
    expect(voice.status).toEqual({ splitting: 'failed', embedding: 'idle' });
    expect(voice.errors).toEqual({ splitting: 'The recording is silent', embedding: null });
    expect(voice.samples).toEqual([]);
  });
});
