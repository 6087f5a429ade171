import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { speech } from '../../support/audio-measure.js';
import { makePartner, sharedStack, type TestPartner } from '../../support/shared-stack.js';
import type { StackAddress } from '../../support/stack.js';
import { details, finishedVoice, type Details } from '../../support/voices.js';
import { embedInstantly } from './emulated.js';
import { finished } from './made-voices.js';
import { sql } from './sql.js';

let stack: StackAddress;
let partner: TestPartner;
let before: Details;

const ofVoice = `voice_id = (SELECT v.id FROM voices v JOIN partners p ON p.id = v.partner_id WHERE p.name = $1)`;

beforeAll(async () => {
  stack = sharedStack();
  partner = await makePartner(stack);
  await embedInstantly(stack, partner);
  await finishedVoice(partner, 'old', speech('es'));
});

/** Makes the voice what 0.1.0 has left, whose migrations know no tracks and no figures. */
beforeEach(async () => {
  await sql(
    stack,
    `UPDATE voices SET analysis_key = NULL WHERE partner_id = (SELECT id FROM partners WHERE name = $1)`,
    [partner.name],
  );
  await sql(stack, `UPDATE samples SET quality = NULL WHERE ${ofVoice}`, [partner.name]);
  before = await details(partner, 'old');
  expect(before.samples.map(({ quality }) => quality)).toEqual(before.samples.map(() => null));
});

/** Returns the details without what a measurement may change, and what other tests change: the engine of the endpoint. */
const withoutQuality = ({ samples, embedding_zip_url: _signed, embedding_info: info, ...rest }: Details): object => ({
  ...rest,
  embedding_info: { ...info, stale_reasons: null },
  samples: samples.map((sample) => ({ ...sample, quality: null })),
});

const expectMeasured = async (): Promise<void> => {
  const after = await details(partner, 'old');
  expect(withoutQuality(after)).toEqual(withoutQuality(before));
  for (const { quality } of after.samples) expect(quality).toMatchObject({ speech_ratio: expect.any(Number) });
};

describe('a voice that 0.1.0 has made', () => {
  it('is split after fixed times as before, and its samples have a quality', async () => {
    const { samples } = await finished(partner, 'old', 'split', { max_samples: 2, sample_duration: 20 });
    const quality: unknown = expect.objectContaining({ speech_ratio: expect.any(Number) });
    expect(samples).toEqual([
      { index: 1, source_timestamp: '00:00', start: 0, duration: 20, quality },
      { index: 2, source_timestamp: '00:20', start: 20, duration: 20, quality },
    ]);
  });

  it('has a preview, whose measurement is kept with the quality of its samples', async () => {
    const preview = { mode: 'speech', dry_run: true };
    const first = await partner.http.post(`${partner.route('old')}/split`, preview);
    expect(first.status).toBe(200);
    await expectMeasured();
    expect((await partner.http.post(`${partner.route('old')}/split`, preview)).body).toEqual(first.body);
  });

  it('has a waveform', async () => {
    const answer = await partner.http.get(`${partner.route('old')}/waveform?points=100`);
    expect(answer).toMatchObject({ status: 200, body: { duration: expect.closeTo(75, 0) } });
    await expectMeasured();
  });

  it('is split in pauses as the preview of a voice that was measured', async () => {
    const fields = { mode: 'speech', sample_duration: 12, select: 'best', max_samples: 3 };
    const made = await finished(partner, 'old', 'split', fields);
    const preview = await partner.http.post<Pick<Details, 'samples'>>(`${partner.route('old')}/split`, {
      ...fields,
      dry_run: true,
    });
    expect(made.samples).toHaveLength(3);
    expect(preview.body.samples).toMatchObject(made.samples.map(({ index: _index, ...sample }) => sample));
  });
});
