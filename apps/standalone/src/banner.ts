import { demoPartner, type Demo } from './demo-key.js';

/** Quotes text for a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A curl form field that sends a file; curl has quotes of its own, for names that hold `,` or `;`. */
function fileField(file: string): string {
  return shellQuoted(`file=@"${file.replaceAll(/["\\]/g, '\\$&')}"`);
}

/** A voice name that is still free, so that the printed line works at every start. */
export function freeName(taken: readonly string[], number = 1): string {
  const name = `speaker-${number}`;
  return taken.includes(name) ? freeName(taken, number + 1) : name;
}

/** Keys that a person may be shown: of development alone. */
export interface ShownKeys {
  readonly demo: Demo;
  /** Absent: the operator's own, which is not printed. */
  readonly admin: string | undefined;
}

/**
 * What a person sees when everything runs.
 *
 * @param keys absent in production
 * @param recording a real recording to try it with
 * @param hasQueuesBoard whether BULL_BOARD leaves it on
 */
export function banner(
  address: string,
  keys: ShownKeys | undefined,
  recording: string,
  hasQueuesBoard: boolean,
): string {
  const lines = [
    '',
    'Timbre is ready. Ctrl-C stops all of it.',
    '',
    `  API     ${address}/api`,
    `  Docs    ${address}/api/docs`,
  ];
  if (hasQueuesBoard) {
    lines.push(`  Queues  ${address}/api/admin/queues (any user name; the password is the admin key)`);
  }
  if (keys) {
    const { demo, admin } = keys;
    const voices = `${address}/api/voices/${demoPartner}`;
    const key = `-H ${shellQuoted(`X-Api-Key: ${demo.key}`)}`;
    const name = freeName(demo.voices);
    lines.push(`  Key     ${demo.key} (partner ${demoPartner})`);
    lines.push(`  Admin   ${admin ?? 'the key in ADMIN_API_KEY'} (every partner, the queues, /api/admin)`, '');
    lines.push('Make a voice of 75 seconds of speech:', '');
    lines.push(`  curl ${voices} ${key} -F name=${name} -F ${fileField(recording)}`, '');
    lines.push('and see what became of it:', '');
    lines.push(`  curl ${voices}/${name} ${key}`);
  }
  return [...lines, ''].join('\n');
}
