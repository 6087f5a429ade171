import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '#libs/local-services';

/** One instruction of the Dockerfile: `['COPY', 'apps', 'apps']`. */
export type Instruction = readonly string[];

/** Returns the Dockerfile's instructions in order, with continued lines joined and without comments. */
export function dockerfile(): readonly Instruction[] {
  return readFileSync(path.join(projectRoot, 'Dockerfile'), 'utf8')
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.trim().split(/\s+/));
}

/** Returns the words of an instruction in exec form, such as `CMD ["node", "main.js"]`. */
export function execForm(instruction: Instruction | undefined): readonly string[] {
  const text = instruction?.join(' ') ?? '';
  return JSON.parse(text.slice(text.indexOf('['))) as string[];
}
