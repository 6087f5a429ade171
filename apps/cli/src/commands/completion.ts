import { readdir } from 'node:fs/promises';
import { script, ShellCompDirective } from '@bomb.sh/tab';
import { Argument, type Command } from 'commander';
import { unwrap } from '#libs/client';
import { suggest, type Suggestion } from '../completion/suggest.js';
import { printable } from '../screen/plain-text.js';
import { Context } from '../timbre/context.js';
import type { Act } from './action.js';

/** A shell waits for this, so it is better without names than late. */
const patienceMs = 1500;

/** The script calls this function of the package bash-completion, which not every machine has. */
const wordsOfBash = `declare -F _get_comp_words_by_ref >/dev/null || _get_comp_words_by_ref() {
    cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
}
`;

/** Names that need no quotes in any shell. */
const isPlain = (name: string): boolean => /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name);

/** Returns the names of voices that start with this text; none if Timbre does not say it soon. */
async function voicesStarting(context: Context, typed: string): Promise<readonly Suggestion[]> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patienceMs)]);
  const hurried = new Context(context.options, context.environment, context.screen, signal);
  try {
    const { partner, timbre } = await hurried.partnerSession();
    const query = { limit: 200, ...(typed === '' ? {} : { q: typed }) };
    const call = timbre.GET('/api/voices/{partner}', { params: { path: { partner }, query }, signal });
    const names = (await unwrap(call)).map(({ name }) => name);
    return names.filter((name) => isPlain(name) && name.startsWith(typed)).map((value) => ({ value, about: '' }));
  } catch {
    return [];
  }
}

/** Returns the files and folders that a path may go on with. Shells do that themselves, but not all of them here. */
async function pathsStarting(typed: string): Promise<readonly Suggestion[]> {
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true }).catch(() => []);
  return entries
    .map((entry) => ({ value: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`, about: '' }))
    .filter(({ value }) => value.startsWith(typed) && (typed.length > folder.length || !value.startsWith('.')));
}

/** Prints what may stand next as the scripts of @bomb.sh/tab read it: word, tab, meaning; at the end `:directive`. */
async function complete(context: Context, program: Command, words: readonly string[]): Promise<void> {
  const { words: fixed, orElse } = suggest(program, words);
  const typed = words.at(-1) ?? '';
  const more = { files: pathsStarting, voices: (text: string) => voicesStarting(context, text) };
  const found = orElse === undefined ? fixed : await more[orElse](typed);
  const { ShellCompDirectiveNoFileComp: noFiles, ShellCompDirectiveNoSpace: noSpace } = ShellCompDirective;
  const goesOn = found.length === 1 && found[0]?.value.endsWith('/');
  const directive = goesOn ? noFiles | noSpace : noFiles;
  const lines = found.map(({ value, about }) => `${value}\t${about}`);
  process.stdout.write(`${[...lines.map(printable), `:${directive}`].join('\n')}\n`);
}

export function addCompletion(program: Command, act: Act): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .description('Print a script that completes commands and names of voices: source <(timbre completion bash)')
    .action((shell: string) => {
      if (shell === 'bash') process.stdout.write(wordsOfBash);
      script(shell, 'timbre', 'timbre');
    });
  program
    .command('complete', { hidden: true })
    .argument('[word...]')
    .action(act((context, words: string[]) => complete(context, program, words)));
}
