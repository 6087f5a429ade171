import { Option, type Command } from 'commander';
import type { Schema } from '#libs/client';
import { labelled, wholeNumber } from './arguments.js';

/** What is known about a voice: options of `create` and `edit`. */
export interface VoiceFieldOptions {
  readonly language?: string;
  readonly label?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly creatorName?: string;
  readonly creatorEmail?: string;
}

export function addVoiceFields(command: Command): Command {
  return command
    .option('--language <tag>', 'language that is spoken, for example en or pt-BR')
    .option('--label <key:value>', 'label; may be given several times', labelled)
    .option('--description <text>', 'what the voice is for')
    .option('--creator-name <name>', 'who created the voice')
    .option('--creator-email <address>', 'how to reach them');
}

/** How a recording is cut: options of `split` and `create`. */
export interface SplitOptions {
  readonly mode?: Schema<'SplitMode'>;
  readonly maxSamples?: number;
  readonly sampleDuration?: number;
  readonly minDuration?: number;
  readonly select?: Schema<'SampleSelection'>;
}

const modes = ['fixed', 'speech'] as const satisfies readonly Schema<'SplitMode'>[];
const selections = ['first', 'best'] as const satisfies readonly Schema<'SampleSelection'>[];

/** @param prefix `split-` where other options could be meant */
export function addSplitOptions(command: Command, prefix: '' | 'split-' = ''): Command {
  return command
    .addOption(new Option(`--${prefix}mode <mode>`, 'cut at fixed lengths, or in the pauses of speech').choices(modes))
    .option(`--${prefix}max-samples <number>`, 'make no more samples', wholeNumber)
    .option(`--${prefix}sample-duration <seconds>`, 'length of a sample; in the mode speech the maximum', wholeNumber)
    .option(`--${prefix}min-duration <seconds>`, 'minimum length in the mode speech', wholeNumber)
    .addOption(new Option(`--${prefix}select <which>`, 'which samples to keep if there are more').choices(selections));
}
