import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withCoverBomb } from '../fixtures/cover-bomb.js';
import { makeAudio } from '../support/audio-measure.js';
import { processesNaming } from '../support/running-processes.js';
import type { TestPartner } from '../support/shared-stack.js';
import { waitFor } from '../support/wait-for.js';
import { allSettled, expectNoOrphans, expectWhole, sampleSet, settledWithin } from './checks.js';
import { expectNothingLeft } from './collection.js';
import { expect, type Fault } from './fault.js';
import type { Lab } from './lab.js';
import { numbered, upload } from './uploads.js';

const mostMegabytes = 300;

/** The number of concurrent uploads. ffprobe and ffmpeg probe each of them before its conversion. */
const uploads = 8;

const coverBomb: Fault = {
  name: 'cover-art-bomb',
  fault: `${uploads} recordings at once, each with a cover image of 16,000 × 16,000 pixels in less than 1 MB`,
  passesWhen: `each tool stays under ${mostMegabytes} MB, another partner's upload is answered as fast as eight without covers are processed, all samples are exact, covers add no significant time`,
  impossible: () => (process.platform === 'linux' ? undefined : 'memory is read from /proc, which only Linux has'),
  round: async (lab) => {
    const [partner, other] = [await lab.partner(), await lab.partner()];
    const { plain, bomb } = await makeRecordings(lab);
    const plainMs = await allOf(lab, partner, 'plain', plain);
    const wanted = await sampleSet(partner, 'plain-0');

    const memory = new ToolMemory(lab);
    const bombs = allOf(lab, partner, 'bomb', bomb);
    bombs.catch(() => undefined);
    await waitFor('a tool reads the first recording', async () => memory.tools > 0);
    const startedAt = performance.now();
    await upload(lab, other, 'voice', lab.recordings.tiny);
    const otherMs = Math.round(performance.now() - startedAt);
    const bombMs = await bombs;
    memory.stop();

    expect(memory.mostMegabytes < mostMegabytes, `no tool takes ${mostMegabytes} MB`, memory.mostMegabytes);
    // Decoding one of the covers takes seconds. The limits are relative, because other rows run at the same time.
    expect(otherMs < plainMs + 5_000, "another partner's upload does not wait for the covers", { plainMs, otherMs });
    expect(bombMs < 3 * plainMs + 5_000, 'covers add no significant time', { plainMs, bombMs });
    for (const voice of names('bomb')) await expectWhole(partner, voice, wanted);
    await settledWithin(other, 'voice', 60_000);
    await expectNoOrphans(lab);
    await expectNothingLeft(lab);
    const note = `${memory.mostMegabytes} MB at most; ${plainMs} ms without covers, ${bombMs} ms with; another partner ${otherMs} ms`;
    return { note };
  },
};

const names = (kind: string): string[] => numbered(uploads).map((number) => `${kind}-${number}`);

/** Uploads a recording many times at once and waits until no voice is in progress. @returns the time in milliseconds */
async function allOf(lab: Lab, partner: TestPartner, kind: string, file: string): Promise<number> {
  const startedAt = performance.now();
  await Promise.all(names(kind).map((voice) => upload(lab, partner, voice, file)));
  await allSettled(lab, partner, 120_000);
  return Math.round(performance.now() - startedAt);
}

async function makeRecordings(lab: Lab): Promise<{ readonly plain: string; readonly bomb: string }> {
  const at = (name: string): string => path.join(lab.dataDir, 'recordings', name);
  const [plain, bomb] = [at('without-cover.mp3'), at('cover-bomb.mp3')];
  await makeAudio(lab.tools, ['-i', lab.recordings.minute, '-t', '30', '-b:a', '64k', plain]);
  await writeFile(bomb, withCoverBomb(await readFile(plain)));
  return { plain, bomb };
}

/** Measures the peak memory of a lab's ffmpeg and ffprobe processes. */
class ToolMemory {
  mostMegabytes = 0;
  /** The number of times a running tool was observed. */
  tools = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(lab: Lab) {
    this.timer = setInterval(() => void this.look(lab), 20);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(lab: Lab): Promise<void> {
    for (const id of await processesNaming(lab.scratch)) {
      this.tools += 1;
      this.mostMegabytes = Math.max(this.mostMegabytes, peakMegabytes(id));
    }
  }
}

/** Returns the peak memory of a process (proc(5), VmHWM), 0 if it is gone. */
function peakMegabytes(pid: number): number {
  try {
    const [, kibibytes = 0] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round((Number(kibibytes) * 1024) / 1e6);
  } catch {
    return 0;
  }
}

export const coverArtFaults: readonly Fault[] = [coverBomb];
