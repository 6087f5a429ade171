import { demoPartner, type Demo } from './demo-key.js';

/** Quotes text for a POSIX shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Returns a curl form field that sends a file. curl needs quotes of its own for names that contain `,` or `;`. */
function fileField(file: string): string {
  return shellQuoted(`file=@"${file.replaceAll(/["\\]/g, '\\$&')}"`);
}

/** Returns a voice name that is not taken, so that the printed command works at every start. */
export function freeName(taken: readonly string[], number = 1): string {
  const name = `speaker-${number}`;
  return taken.includes(name) ? freeName(taken, number + 1) : name;
}

/** Keys that are printed, in development only. */
export interface ShownKeys {
  readonly demo: Demo;
  /** Undefined if the operator set one, which is never printed. */
  readonly admin: string | undefined;
}

/** What runs, as far as a person is told. */
export interface Started {
  readonly address: string;
  /** Undefined in production. */
  readonly keys: ShownKeys | undefined;
  /** Path of a recording to try Timbre with. */
  readonly recording: string;
  /** `off` if CONSOLE says so, `missing` if it could not be built on this machine. */
  readonly console: 'on' | 'off' | 'missing';
  /** False if BULL_BOARD turns the board off. */
  readonly hasQueuesBoard: boolean;
}

/** Returns what `npm start` prints when everything runs. */
export function banner({ address, keys, recording, console, hasQueuesBoard }: Started): string {
  const lines = [
    '',
    'Timbre is ready. Ctrl-C stops all of it.',
    '',
    ...consoleLines(address, console, keys !== undefined),
  ];
  lines.push(`  API     ${address}/api`, `  Docs    ${address}/api/docs`);
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
    lines.push('and look at the result:', '');
    lines.push(`  curl ${voices}/${name} ${key}`);
  }
  return [...lines, ''].join('\n');
}

function consoleLines(address: string, console: Started['console'], showsKeys: boolean): readonly string[] {
  switch (console) {
    case 'on':
      return [`  Console ${address}/${showsKeys ? ' (open it in a browser and sign in with the key below)' : ''}`];
    case 'missing':
      return ['  Console not built, because its bundler does not run on this machine'];
    case 'off':
      return [];
  }
}
