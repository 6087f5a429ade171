import { behave } from '../../e2e/contract/emulated.js';
import { sql } from '../../e2e/contract/sql.js';
import { speech } from '../../support/audio-measure.js';
import { HttpClient } from '../../support/http.js';
import type { TestPartner } from '../../support/shared-stack.js';
import type { Stack } from '../../support/stack.js';
import { createVoice, details, settled } from '../../support/voices.js';
import { waitFor } from '../../support/wait-for.js';

/** A partner with voices that look like somebody's work. */
export interface Studio {
  readonly origin: string;
  readonly partner: TestPartner;
  readonly voices: number;
  /** The voice whose page is shown. */
  readonly shown: string;
}

const voices = [
  { name: 'Anna', language: 'en', labels: { project: 'audiobook', mood: 'warm' }, creator: 'Anna Miller' },
  { name: 'Camille', language: 'fr', labels: { project: 'audiobook' }, creator: 'Camille Laurent' },
  { name: 'Diego', language: 'es', labels: { project: 'navigation' }, creator: 'Diego Ruiz' },
  { name: 'Giulia', language: 'it', labels: { project: 'navigation', mood: 'calm' }, creator: 'Giulia Conti' },
  { name: 'Noémie', language: 'fr', labels: { project: 'audiobook', mood: 'dry' }, creator: 'Noémie Petit' },
  { name: 'Narrator, take 2', language: 'en', labels: { project: 'trailer' }, creator: 'Anna Miller' },
] as const;
const beingEmbedded = voices[5].name;

/** Creates the voices. All are complete, except for one that is being embedded. */
export async function makeStudio(stack: Stack): Promise<Studio> {
  const { address } = stack;
  const admin = new HttpClient(address.baseUrl, address.adminKey);
  const { body } = await admin.post<{ key: string }>('/admin/partners/studio/keys', { name: 'console' });
  const partner: TestPartner = {
    name: 'studio',
    key: body.key,
    http: new HttpClient(address.baseUrl, body.key),
    route: (voice) => `/voices/studio${voice === undefined ? '' : `/${encodeURIComponent(voice)}`}`,
  };
  await behave(address, { partner: 'studio', voice: beingEmbedded }, { kind: 'hold' });
  for (const { name, language, labels, creator } of voices) {
    const { status } = await createVoice(partner, name, speech(language), {
      split_mode: 'speech',
      language,
      labels: JSON.stringify(labels),
      creator_name: creator,
      description: name === 'Anna' ? 'Warm and slow, for stories in the evening.' : 'Recorded in studio 2.',
    });
    if (status !== 201) throw new Error(`${name}: ${status}`);
    if (name === beingEmbedded) {
      await waitFor('it is being embedded', async () => {
        const { status: now } = await details(partner, name);
        return now.embedding === 'in_progress' && now.splitting === 'completed';
      });
    } else await settled(partner, name, 120_000);
  }
  await age(stack);
  return { origin: new URL(address.baseUrl).origin, partner, voices: voices.length, shown: 'Anna' };
}

/** Moves the voices into the past, so that they were not all made a second ago. */
async function age({ address }: Stack): Promise<void> {
  for (const [at, { name }] of voices.entries()) {
    const minutes = [9_000, 7_300, 4_400, 1_600, 190, 2][at] ?? 0;
    await sql(
      address,
      `WITH aged AS (
         UPDATE voices SET created_at = created_at - make_interval(mins => $2),
           updated_at = updated_at - make_interval(mins => $2) * 0.6 WHERE name = $1 RETURNING id)
       UPDATE embeddings SET last_update_time = last_update_time - make_interval(mins => $2) * 0.6
       WHERE voice_id IN (SELECT id FROM aged)`,
      [name, minutes],
    );
  }
}
