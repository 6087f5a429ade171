import path from 'node:path';
import { commandLine } from '#libs/local-services';
import { makeAudio } from '../support/audio-measure.js';
import { formWithFile } from '../support/http.js';
import { processesNaming } from '../support/running-processes.js';
import type { TestPartner } from '../support/shared-stack.js';
import { createVoice, details, settled } from '../support/voices.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectNoOrphans, expectOnce, expectWhole, sampleSet } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault, type Round } from './fault.js';
import type { Lab } from './lab.js';
import { answered } from './refusals.js';
import { numbered, upload } from './uploads.js';

type Tool = 'ffmpeg' | 'ffprobe';

/** Alternates between the two tools. */
const kills = (round: Round): readonly Tool[] =>
  Array.from({ length: round.pick(4, 10) }, (_, at) => (at % 2 === 0 ? 'ffmpeg' : 'ffprobe'));

/**
 * Kills a tool that a process runs at this moment, as the kernel's OOM killer does.
 *
 * @returns false if none was running
 */
async function kill(lab: Lab, part: 'api' | 'worker', tool: Tool): Promise<boolean> {
  const ids = await processesNaming(path.join(lab.scratch, `${part}_`));
  // Only ffprobe has -show_entries. The launcher's shell counts as the tool (libs/audio/src/ffmpeg/launcher.ts).
  const id = ids.find((one) => commandLine(one).includes('-show_entries') === (tool === 'ffprobe'));
  if (id === undefined) return false;
  try {
    process.kill(id, 'SIGKILL');
    return true;
  } catch {
    return false; // it exited by itself
  }
}

/** Makes an MP3, because the worker scans its packets with ffprobe before ffmpeg encodes it. */
async function makeMp3(lab: Lab): Promise<string> {
  const file = path.join(lab.dataDir, 'recordings', 'minute.mp3');
  await makeAudio(lab.tools, ['-i', lab.recordings.minute, '-b:a', '64k', file]);
  return file;
}

const duringSplit: Fault = {
  name: 'kill-ffmpeg-split',
  fault: 'kill -9 ffmpeg and ffprobe ten times during splits',
  passesWhen: 'every voice completes, exact samples, 0 leftover files',
  inShort: 'four times',
  round: async (lab, round) => {
    const partner = await lab.partner();
    const file = await makeMp3(lab);
    await upload(lab, partner, 'undisturbed', file);
    await settled(partner, 'undisturbed');
    const wanted = await sampleSet(partner, 'undisturbed');
    await lab.ffmpeg.become('slow');
    // Several voices, so that no job is hit often enough to fail.
    const voices = numbered(3);
    for (const voice of voices) await upload(lab, partner, voice, file);
    for (const tool of kills(round)) {
      const isKilled = (): Promise<boolean> => kill(lab, 'worker', tool);
      await waitFor(`${tool} of the worker runs`, isKilled, { timeoutMs: 60_000, everyMs: 2 });
    }
    await lab.ffmpeg.become('real');
    const recoveryMs = await allSettled(lab, partner, 120_000);
    for (const voice of voices) {
      await expectWhole(partner, voice, wanted);
      await expectOnce(lab, partner, voice);
    }
    await expectNoOrphans(lab);
    await expectNothingLeft(lab);
    return { recoveryMs };
  },
};

/** Uploads and kills the tool that probes or converts. @returns the status, or undefined if no tool was killed */
async function uploadAndKill(
  lab: Lab,
  tool: Tool,
  send: () => ReturnType<typeof createVoice>,
): Promise<number | undefined> {
  let isOver = false;
  const answer = answered(`an upload whose ${tool} is killed`, 30_000, send).finally(() => (isOver = true));
  let isKilled = false;
  await waitFor('a kill or the response', async () => isOver || (isKilled = await kill(lab, 'api', tool)), {
    timeoutMs: 30_000,
    everyMs: 1,
  });
  const { status } = await answer;
  return isKilled ? status : undefined;
}

const duringUpload: Fault = {
  name: 'kill-ffmpeg-upload',
  fault: 'kill -9 ffmpeg and ffprobe ten times during uploads',
  passesWhen: '201, or 503 with Retry-After and nothing kept; every accepted voice completes',
  inShort: 'four times',
  round: async (lab, round) => {
    const partner = await lab.partner();
    await partner.http.post(`${partner.route()}/empty`, { name: 'samples' });
    const statuses: number[] = [];
    let tries = 0;
    for (const tool of kills(round)) {
      for (let status: number | undefined; status === undefined;) {
        tries += 1;
        expect(tries < 200, `${tool} is killed while it runs`, statuses);
        const isSample = statuses.length % 4 >= 2;
        const send = isSample ? () => addSample(lab, partner) : () => takeVoice(lab, partner, `voice-${tries}`);
        status = await uploadAndKill(lab, tool, send);
        if (!isSample && status === 503) await expectNoVoice(partner, `voice-${tries}`);
        if (status !== undefined) statuses.push(status);
      }
    }
    await allSettled(lab, partner, 120_000);
    for (let at = 1; at <= tries; at += 1) await expectCompleted(partner, `voice-${at}`);
    const taken = statuses.filter((status) => status === 201).length;
    expect(taken < statuses.length, 'at least one kill led to a 503', statuses);
    await expectNoOrphans(lab);
    await expectNothingLeft(lab);
    return { note: `${statuses.length - taken} of ${statuses.length} killed uploads were answered 503` };
  },
};

const takeVoice = (lab: Lab, partner: TestPartner, voice: string): ReturnType<typeof createVoice> =>
  createVoice(partner, voice, lab.recordings.tiny);

async function addSample(lab: Lab, partner: TestPartner): ReturnType<typeof createVoice> {
  return partner.http.post(`${partner.route('samples')}/samples`, await formWithFile(lab.recordings.tiny));
}

async function expectNoVoice(partner: TestPartner, voice: string): Promise<void> {
  const { status } = await partner.http.get(partner.route(voice));
  expect(status === 404, 'a refused upload leaves no voice', status);
}

async function expectCompleted(partner: TestPartner, voice: string): Promise<void> {
  const { status } = await partner.http.get(partner.route(voice));
  if (status === 404) return; // the voice was refused, or a sample was uploaded instead
  const found = await details(partner, voice);
  expect(found.status.splitting === 'completed', `${voice} completed`, found);
}

export const killFfmpegFaults: readonly Fault[] = [duringSplit, duringUpload];
