import { Command } from 'commander';
import { addCompletion } from './commands/completion.js';
import { addRuns } from './commands/runs.js';
import { addSamples } from './commands/samples.js';
import { addSignIn } from './commands/sign-in.js';
import { addSplitAndEmbed } from './commands/split-and-embed.js';
import { addTransfer } from './commands/transfer.js';
import { addVoices } from './commands/voices.js';
import { addWebhooks } from './commands/webhooks.js';
import type { Act } from './commands/action.js';

/** Returns all commands. Nothing ends the process: errors are thrown. */
export function makeProgram(act: Act, version: string): Command {
  const program = new Command('timbre')
    .description('Voices of a Timbre: create, listen, choose, embed, move')
    .version(version)
    .option('--url <url>', 'address of Timbre (TIMBRE_URL)')
    .option('--key <key>', 'API key (TIMBRE_KEY). Other users of this machine see options: prefer the variable')
    .option('--partner <name>', 'partner, with an admin key (TIMBRE_PARTNER)')
    .option('--profile <name>', 'which stored key to use (TIMBRE_PROFILE)')
    .option('--json', "print the API's JSON")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Add --help for the options of the command.')
    .exitOverride();
  addSignIn(program, act);
  addVoices(program, act);
  addSamples(program, act);
  addSplitAndEmbed(program, act);
  addRuns(program, act);
  addTransfer(program, act);
  addWebhooks(program, act);
  addCompletion(program, act);
  return program;
}
