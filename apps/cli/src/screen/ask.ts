import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { wrongUsage } from '../failure.js';

/** Reads one line that the person types, without showing it if it is secret. */
function ask(question: string, { isSecret }: { isSecret: boolean }): Promise<string> {
  process.stderr.write(question);
  const hidden = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = isSecret ? hidden : process.stderr;
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  return new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    lines.once('close', () => reject(new DOMException('Interrupted', 'AbortError')));
  }).finally(() => {
    lines.close();
    if (isSecret) process.stderr.write('\n');
  });
}

/** Asks for a secret on a terminal, or reads it from stdin. */
export async function readSecret(question: string): Promise<string> {
  const secret = process.stdin.isTTY ? await ask(question, { isSecret: true }) : await text(process.stdin);
  return secret.trim();
}

/**
 * Asks whether to go on.
 *
 * @throws CliFailure if nobody is there to answer
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw wrongUsage('There is no terminal to ask on: give --yes to confirm');
  }
  const answer = await ask(`${question} [y/N] `, { isSecret: false });
  return /^y(es)?$/i.test(answer.trim());
}
