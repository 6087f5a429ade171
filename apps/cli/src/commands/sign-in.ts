import type { Command } from 'commander';
import type { Schema } from '#libs/client';
import { defaultUrl, originOf } from '../account/choose-connection.js';
import { CliFailure, exitCodes } from '../failure.js';
import { readSecret } from '../screen/ask.js';
import type { Context } from '../timbre/context.js';
import type { Act } from './action.js';

function ownerLine({ partner, name, scopes, expires_at }: Schema<'KeyOwner'>): string {
  const whose = partner === null ? 'the admin key' : `the key ${name ?? ''} of the partner ${partner}`;
  const limits = scopes.length < 2 ? `, to ${scopes.join()} only` : '';
  return `${whose}${limits}${expires_at === null ? '' : `, valid until ${expires_at}`}`;
}

async function login(context: Context): Promise<void> {
  const { options, environment, profiles, profileName, screen } = context;
  const before = await profiles.find(profileName);
  const origin = originOf(options.url ?? environment.url ?? before?.url ?? defaultUrl);
  const key = options.key ?? (await readSecret(`API key for ${origin}: `));
  if (key === '') throw new CliFailure('No key was given', exitCodes.notSignedIn);
  const owner = await context.ownerOf(context.connectTo({ origin, key }));
  await profiles.put(profileName, { url: origin, key });
  screen.result(owner, () => [`Signed in at ${origin} with ${ownerLine(owner)}`, `Stored in ${profiles.path}`]);
}

async function logout({ profiles, profileName, screen }: Context): Promise<void> {
  const wasThere = await profiles.remove(profileName);
  screen.print(wasThere ? `Removed the key of ${profileName}` : 'No key was stored');
}

async function whoami(context: Context): Promise<void> {
  const session = await context.session();
  const owner = await context.ownerOf(session);
  context.screen.result(owner, () => [`${session.connection.origin}: ${ownerLine(owner)}`]);
}

export function addSignIn(program: Command, act: Act): void {
  program
    .command('login')
    .description('Check an API key and store it. The key is typed unseen, or read from stdin')
    .action(act((context) => login(context)));
  program
    .command('logout')
    .description('Remove the stored key')
    .action(act((context) => logout(context)));
  program
    .command('whoami')
    .description('Show whose key this is, and where it is used')
    .action(act((context) => whoami(context)));
}
