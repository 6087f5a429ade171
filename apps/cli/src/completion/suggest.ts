import type { Argument, Command, Option } from 'commander';

/** A word that may stand next, with what it means. */
export interface Suggestion {
  readonly value: string;
  readonly about: string;
}

export interface Suggestions {
  readonly words: readonly Suggestion[];
  /** What else may stand there: files, which the shell completes, or voices, which Timbre knows. */
  readonly orElse?: 'files' | 'voices';
}

const none: Suggestions = { words: [] };

/** The options that a command understands, with those of the program. */
function optionsOf(command: Command): readonly Option[] {
  const own = command.createHelp().visibleOptions(command);
  const inherited = command.parent ? command.createHelp().visibleGlobalOptions(command) : [];
  return [...own, ...inherited];
}

const takesValue = (option: Option): boolean => option.required || option.optional;

function valuesOf({ argChoices, flags }: Option): Suggestions {
  if (argChoices) return { words: argChoices.map((value) => ({ value, about: '' })) };
  return /<(file|folder)>/.test(flags) ? { words: [], orElse: 'files' } : none;
}

function argumentValues(argument: Argument | undefined): Suggestions {
  if (argument?.argChoices) return { words: argument.argChoices.map((value) => ({ value, about: '' })) };
  if (argument?.name() === 'voice') return { words: [], orElse: 'voices' };
  return argument?.name() === 'file' ? { words: [], orElse: 'files' } : none;
}

const subcommandsOf = (command: Command): readonly Suggestion[] =>
  command
    .createHelp()
    .visibleCommands(command)
    .map((each) => ({ value: each.name(), about: each.description() }));

const flagsOf = (command: Command): readonly Suggestion[] =>
  optionsOf(command).flatMap(({ long, description }) => (long ? [{ value: long, about: description }] : []));

/** Where the words of a command line have led. */
interface Place {
  readonly command: Command;
  readonly positionals: number;
  /** An option whose value comes next. */
  readonly pending?: Option | undefined;
}

function step({ command, positionals, pending }: Place, word: string): Place {
  if (pending) return { command, positionals };
  if (word.startsWith('-')) {
    const option = optionsOf(command).find(({ long, short }) => word === long || word === short);
    return { command, positionals, pending: option && takesValue(option) ? option : undefined };
  }
  const sub = command.commands.find((each) => each.name() === word);
  return sub ? { command: sub, positionals: 0 } : { command, positionals: positionals + 1 };
}

/**
 * Returns what may stand in place of the last word.
 *
 * @param words those behind the name of the program; the last one is what was typed of the next
 */
export function suggest(program: Command, words: readonly string[]): Suggestions {
  const typed = words.at(-1) ?? '';
  const start: Place = { command: program, positionals: 0 };
  const { command, positionals, pending } = words.slice(0, -1).reduce(step, start);
  const startingWith = ({ words: all, ...more }: Suggestions): Suggestions => ({
    words: all.filter(({ value }) => value.startsWith(typed)),
    ...more,
  });
  if (pending) return startingWith(valuesOf(pending));
  if (typed.startsWith('-')) return startingWith({ words: flagsOf(command) });
  if (command.commands.length > 0) return startingWith({ words: subcommandsOf(command) });
  const { registeredArguments: declared } = command;
  const last = declared.at(-1);
  return startingWith(argumentValues(declared[positionals] ?? (last?.variadic ? last : undefined)));
}
