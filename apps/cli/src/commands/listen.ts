import { once } from 'node:events';
import type { Command } from 'commander';
import { ApiFailure, unwrap } from '#libs/client';
import { CliFailure, exitCodes, wrongUsage } from '../failure.js';
import type { Context, PartnerSession } from '../timbre/context.js';
import { receive, Verifier, type Delivery, type Receiver } from '../webhooks/receiver.js';
import type { Act } from './action.js';
import { wholeNumber } from './arguments.js';

interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly publicUrl?: string;
  readonly secret?: string;
  readonly test?: boolean;
}

const privateAddresses =
  'Timbre sends to private addresses only if its operator has set WEBHOOK_ALLOW_PRIVATE=true. ' +
  'Otherwise use the address of a tunnel to this port';

/** Returns what a delivery says, in one line. */
function lineOf({ id, message, refusal, isRepeated }: Delivery): string {
  const time = new Date().toISOString().slice(11, 19);
  if (message === undefined) return `${time}  refused (401): ${refusal ?? ''}`;
  const { type, data } = message;
  const facts = Object.entries(data).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [time, 'verified', type, ...facts, `webhook-id=${id}`, ...(isRepeated ? ['(again)'] : [])].join('  ');
}

/** Prints a delivery: with `--json` the message, as one line of JSON. */
function show({ screen }: Context, delivery: Delivery): void {
  if (!screen.json || delivery.message === undefined) {
    if (screen.json) screen.warn(lineOf(delivery));
    else screen.print(lineOf(delivery));
    return;
  }
  screen.line(delivery.message);
}

async function untilInterrupted({ signal }: Context): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw new CliFailure('', exitCodes.interrupted);
}

async function listenWithSecret(context: Context, secret: string, { port, host }: ListenOptions): Promise<void> {
  const receiver = await receive(new Verifier(secret), { port, host, onDelivery: (each) => show(context, each) });
  context.screen.note(`Listening on http://${host}:${receiver.port}. Ctrl-C ends it. ${privateAddresses}`);
  try {
    await untilInterrupted(context);
  } finally {
    await receiver.stop();
  }
}

/** Creates a webhook, and removes it at the end, whatever that is. */
async function listenForAll(context: Context, url: string, options: ListenOptions): Promise<void> {
  const session = await context.partnerSession();
  const { partner, timbre } = session;
  let verifier: Verifier | undefined;
  let receiver: Receiver | undefined;
  const made = await unwrap(
    timbre.POST('/api/webhooks/{partner}', {
      params: { path: { partner } },
      body: { url, description: 'timbre webhooks listen' },
    }),
  ).catch((error: unknown) => {
    if (error instanceof ApiFailure && error.status === 422) context.screen.warn(privateAddresses);
    throw error;
  });
  try {
    verifier = new Verifier(made.secret);
    const { host, port } = options;
    receiver = await receive(verifier, { port, host, onDelivery: (each) => show(context, each) });
    context.screen.note(`Listening on http://${host}:${receiver.port} for ${url}. Ctrl-C removes the webhook`);
    if (options.test) await test(session, made.id);
    await untilInterrupted(context);
  } finally {
    await receiver?.stop();
    await removeWebhook(context, session, made.id);
  }
}

async function test({ partner, timbre }: PartnerSession, id: string): Promise<void> {
  await unwrap(timbre.POST('/api/webhooks/{partner}/{id}/test', { params: { path: { partner, id } } }));
}

/** Ctrl-C has ended all other requests: this one goes without its signal. */
async function removeWebhook(context: Context, { connection, partner }: PartnerSession, id: string): Promise<void> {
  const { timbre } = context.connectOnce(connection);
  const path = { partner, id };
  await unwrap(timbre.DELETE('/api/webhooks/{partner}/{id}', { params: { path } })).catch((error: Error) => {
    context.screen.warn(`The webhook ${id} could not be removed: ${error.message}`);
  });
}

async function listen(context: Context, options: ListenOptions): Promise<void> {
  const secret = options.secret ?? context.environment.webhookSecret;
  if (options.publicUrl !== undefined) return listenForAll(context, options.publicUrl, options);
  if (secret !== undefined) return listenWithSecret(context, secret, options);
  throw wrongUsage('Give --public-url to make a webhook for it, or the --secret of one that sends here');
}

export function addListen(webhooks: Command, act: Act): void {
  webhooks
    .command('listen')
    .description('Receive the messages of a webhook, verify them and print them')
    .option('--port <number>', 'port to listen on', wholeNumber, 9000)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--public-url <url>', 'make a webhook for this address, which leads to the port, and remove it at the end')
    .option('--secret <secret>', 'secret of a webhook that sends here (TIMBRE_WEBHOOK_SECRET)')
    .option('--test', 'send the message webhook.test at the start')
    .action(act((context, options: ListenOptions) => listen(context, options)));
}
