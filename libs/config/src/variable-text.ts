import { readFileSync } from 'node:fs';
import type { Variable } from './variable.js';

/** An empty variable counts as absent: compose files and shells cannot always omit a name. */
const given = (environment: NodeJS.ProcessEnv, name: string): string | undefined => environment[name] || undefined;

/** The variable with the path of a secret's file, as Docker and Kubernetes mount it. */
export const fileVariable = (name: string): string => `${name}_FILE`;

/**
 * Returns the text of a variable. For a secret it may come from the file that NAME_FILE names, without its last line end.
 *
 * @throws Error whose message continues "NAME …" if both are given, or the file is empty or cannot be read
 */
export function textOf(
  environment: NodeJS.ProcessEnv,
  variable: Pick<Variable<unknown>, 'name' | 'isSecret'>,
): string | undefined {
  const text = given(environment, variable.name);
  const file = variable.isSecret === true ? given(environment, fileVariable(variable.name)) : undefined;
  if (file === undefined) return text;
  if (text !== undefined) throw new Error(`is given twice, by ${fileVariable(variable.name)} too`);
  const content = readSecret(file, variable.name).replace(/\r?\n$/, '');
  if (content === '') throw new Error(`is empty in the file that ${fileVariable(variable.name)} names`);
  return content;
}

function readSecret(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new Error(`cannot be read from the file that ${fileVariable(name)} names (${code})`, { cause: error });
  }
}
