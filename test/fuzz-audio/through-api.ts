import type { AudioTools } from '#libs/audio';
import { embedInstantly } from '../e2e/contract/emulated.js';
import { finished } from '../e2e/contract/made-voices.js';
import { placedSamples } from '../support/sample-places.js';
import { setUpServices, tearDown } from '../support/setup.js';
import { makePartner, type TestPartner } from '../support/shared-stack.js';
import { Stack } from '../support/stack.js';
import { createVoice, settled, type Details } from '../support/voices.js';
import type { FuzzCase, Specimen, Verdict } from './fuzz-case.js';
import { problemsOf, startOf } from './judge.js';

const sampleSeconds = 5;

/** A complete installation to which damaged recordings are uploaded. */
export class ThroughApi {
  private constructor(
    private readonly stack: Stack,
    private readonly partner: TestPartner,
    private readonly tools: AudioTools,
  ) {}

  static async start(tools: AudioTools): Promise<ThroughApi> {
    await setUpServices();
    const stack = await Stack.start();
    const partner = await makePartner(stack.address);
    await embedInstantly(stack.address, partner);
    return new ThroughApi(stack, partner, tools);
  }

  async stop(): Promise<void> {
    await this.stack.stop();
    await tearDown();
  }

  /** Splits again into samples short enough to check several positions. */
  private splitAgain(voice: string): Promise<Details> {
    return finished(this.partner, voice, 'split', { sample_duration: sampleSeconds });
  }

  /**
   * Uploads the recording of a case and checks its samples.
   *
   * @param expected the result of converting with libs/audio alone
   * @returns the problems, empty if there are none
   */
  async judge(fuzzCase: FuzzCase, specimen: Specimen, expected: Verdict): Promise<string[]> {
    const voice = `case ${fuzzCase.seed}`;
    const created = await createVoice(this.partner, voice, specimen.file);
    const answer = `the upload was answered ${created.status} ${JSON.stringify(created.body)}`;
    if (created.status !== 201) {
      return created.status === 422 && expected.outcome === 'refused' ? [] : [answer];
    }
    const first = await settled(this.partner, voice);
    const found = first.status.splitting === 'completed' ? await this.splitAgain(voice) : first;
    if (found.status.splitting !== 'completed') {
      const isRefused = expected.outcome === 'refused' && expected.warnings[0] === found.errors.splitting;
      return isRefused ? [] : [`splitting failed: ${found.errors.splitting}`];
    }
    const warnings = found.warnings.map(({ code, message }) => `${code}: ${message}`);
    const isAlike = expected.outcome !== 'refused' && warnings.join() === expected.warnings.join();
    const samples = await placedSamples(this.stack.address, this.partner, voice, {
      tools: this.tools,
      folder: specimen.folder,
    });
    const evidence = {
      ...{ container: fuzzCase.container, damage: fuzzCase.damage, removed: specimen.removed },
      ...{ source: specimen.source, missing: expected.missing, warnings: found.warnings },
      statedSeconds: created.body.original_duration,
      decodedSeconds: found.original_duration ?? 0,
    };
    const starts = samples.map(({ startSeconds, audio }, at) => ({
      atSeconds: at * sampleSeconds,
      claimedSeconds: startSeconds,
      audio: startOf(audio),
    }));
    return [...(isAlike ? [] : [`the voice has the warnings ${warnings.join()}`]), ...problemsOf(evidence, starts)];
  }
}
