/** What a JSON body is sent with. */
export const json = { 'Content-Type': 'application/json' };
/** Bodies nobody can read. */
export const malformed: readonly (readonly [what: string, body: string, headers: Record<string, string>])[] = [
  ['broken JSON', '{"name":', json],
  ['a JSON list', '[]', json],
  ['a percent sign in a form', 'name=%zz', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['a multipart body without its end', '--x\r\nContent-Disp', { 'Content-Type': 'multipart/form-data; boundary=x' }],
  ['a multipart body without boundary', 'x', { 'Content-Type': 'multipart/form-data' }],
];

/** What a voice may be asked for and does not have. */
export const nothingInVoice: readonly (readonly [method: string, path: string, detail: string])[] = [
  ['GET', '/samples/2', 'Sample not found'],
  ['GET', '/samples/0', 'Sample not found'],
  ['GET', '/samples/one', 'Sample not found'],
  ['GET', '/samples/99999999999999999999', 'Sample not found'],
  ['DELETE', '/samples/2', 'Sample not found'],
  ['GET', '/test-samples/test_9_9.opus', 'Test sample not found'],
  ['GET', '/test-samples/nothing', 'Test sample not found'],
  ['GET', '/nothing', 'Not found'],
];

/** What an admin may ask for and is not there. */
export const nothingForAdmin: readonly (readonly [method: string, path: string, detail: string])[] = [
  ['DELETE', '/admin/partners/nobody-here', 'Partner not found'],
  ['GET', '/admin/partners/nobody-here/keys', 'Partner not found'],
  ['DELETE', '/admin/keys/nothing', 'Key not found'],
  ['DELETE', '/admin/keys/abcdefghijklmnop', 'Key not found'],
  ['POST', '/admin/jobs/nothing/cancel', 'Not found'],
  ['POST', '/admin/jobs/3f8a6f9e-4f0c-4a53-8f5e-6f1d5f1f0a11/cancel', 'Not found'],
  ['POST', '/hooks/runpod/nothing', 'Not found'],
  ['POST', `/hooks/runpod/${'a'.repeat(32)}.1`, 'Not found'],
  ['GET', '/nothing', 'Not found'],
  ['POST', '/voices', 'Not found'],
];

/** Fields and parameters out of their bounds; null: they are in the query. */
export const wrongFields: readonly (readonly [method: string, path: string, fields: object | null, field: string])[] = [
  ['POST', '', { name: '' }, 'name'],
  ['POST', '', {}, 'name'],
  ['POST', '/empty', { name: 'x'.repeat(256) }, 'name'],
  ['POST', '/empty', { name: 'a/b' }, 'name'],
  ['PUT', '/empty/name', { name: '..' }, 'name'],
  ['POST', '/split/split', { max_samples: '0' }, 'max_samples'],
  ['POST', '/split/split', { max_samples: '101' }, 'max_samples'],
  ['POST', '/split/split', { sample_duration: '4' }, 'sample_duration'],
  ['POST', '/split/split', { sample_duration: '61' }, 'sample_duration'],
  ['POST', '/split/embed', { tts_type: 'unknown' }, 'tts_type'],
  ['PUT', '/split/preferred-sample', {}, 'sample_index'],
  ['PUT', '/split/preferred-sample', { sample_index: 'x' }, 'sample_index'],
  ['POST', '/empty/samples', {}, 'file'],
  ['GET', '?limit=0', null, 'limit'],
  ['GET', '?limit=1001', null, 'limit'],
  ['GET', '?cursor=x', null, 'cursor'],
  ['GET', '/split/test-samples?tts_type=No', null, 'tts_type'],
  ['GET', '/split/test-samples/test_1_1.opus?tts_type=..', null, 'tts_type'],
  ['DELETE', '/split/test-files/No', null, 'tts_type'],
];

/** Wrong fields of a new key. */
export const wrongKeyFields: readonly (readonly [
  path: string,
  fields: Readonly<Record<string, string>>,
  field: string,
])[] = [
  ['/admin/partners/No%20Name/keys', { name: 'x' }, 'partner'],
  ['/admin/partners/fine/keys', {}, 'name'],
  ['/admin/partners/fine/keys', { name: 'x', expires_at: 'tomorrow' }, 'expires_at'],
  ['/admin/partners/fine/keys', { name: 'x', expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
];

/** Changes that a voice of this state does not allow. */
export const conflicts: readonly (readonly [method: string, path: string, fields: object, detail: string])[] = [
  ['POST', '', { name: 'empty' }, 'Voice already exists'],
  ['POST', '/empty', { name: 'empty' }, 'Voice already exists'],
  ['PUT', '/split/name', { name: 'empty' }, 'Voice already exists'],
  ['POST', '/empty/split', {}, 'Voice has no original recording'],
  ['POST', '/empty/embed', {}, 'Voice has no samples'],
];
