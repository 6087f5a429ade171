import { Option, type Command } from 'commander';
import { unwrap, type Schema } from '#libs/client';
import { CliFailure } from '../failure.js';
import { confirm } from '../screen/ask.js';
import { ageText } from '../screen/amounts.js';
import type { Column } from '../screen/table.js';
import type { Context } from '../timbre/context.js';
import type { Act } from './action.js';
import { givenFields } from './arguments.js';
import { addListen } from './listen.js';

type EventType = Schema<'WebhookEventType'>;

export const eventTypes = [
  'voice.split.completed',
  'voice.split.failed',
  'voice.embedding.completed',
  'voice.embedding.failed',
  'voice.deleted',
] as const satisfies readonly EventType[];

const stateOf = ({ enabled, failing_since, disabled_reason }: Schema<'Webhook'>): string => {
  if (!enabled) return disabled_reason ?? 'disabled';
  return failing_since === null ? 'enabled' : `failing since ${failing_since}`;
};

const columns: readonly Column<Schema<'Webhook'>>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'URL', cell: ({ url }) => url },
  { title: 'STATE', cell: stateOf },
  { title: 'CREATED', cell: ({ created_at }) => ageText(created_at), exact: ({ created_at }) => created_at },
  { title: 'DESCRIPTION', cell: ({ description }) => description },
];

async function list(context: Context): Promise<void> {
  const { partner, timbre } = await context.partnerSession();
  const { signal, screen } = context;
  const webhooks = await unwrap(timbre.GET('/api/webhooks/{partner}', { params: { path: { partner } }, signal }));
  screen.result(webhooks, () => screen.table(columns, webhooks));
}

interface CreateOptions {
  readonly events?: EventType[];
  readonly description?: string;
}

async function create(context: Context, url: string, { events, description }: CreateOptions): Promise<void> {
  const { partner, timbre } = await context.partnerSession();
  const body = { url, ...givenFields({ events, description }) };
  const made = await unwrap(timbre.POST('/api/webhooks/{partner}', { params: { path: { partner } }, body }));
  context.screen.result(made, ({ id, secret }) => [`Webhook ${id}`, `Secret ${secret}`]);
  context.screen.note('Store the secret now: it is not shown again');
}

async function remove(context: Context, id: string, { yes }: { yes?: boolean }): Promise<void> {
  if (!yes && !(await confirm(`Delete the webhook ${id} with its deliveries?`))) {
    throw new CliFailure('Nothing was deleted');
  }
  const { partner, timbre } = await context.partnerSession();
  await unwrap(timbre.DELETE('/api/webhooks/{partner}/{id}', { params: { path: { partner, id } } }));
  context.screen.print(`The webhook ${id} is deleted`);
}

async function test(context: Context, id: string): Promise<void> {
  const { partner, timbre } = await context.partnerSession();
  const path = { partner, id };
  const delivery = await unwrap(timbre.POST('/api/webhooks/{partner}/{id}/test', { params: { path } }));
  context.screen.result(delivery, () => [`The message ${delivery.id} is on its way`]);
}

export function addWebhooks(program: Command, act: Act): void {
  const webhooks = program.command('webhooks').description('Manage webhooks, and receive their messages');
  webhooks
    .command('list')
    .description('List webhooks')
    .action(act((context) => list(context)));
  webhooks
    .command('create')
    .argument('<url>', 'address that is sent the messages')
    .description('Create a webhook and show its secret')
    .addOption(new Option('--events <type...>', 'which messages; default: all').choices(eventTypes))
    .option('--description <text>', 'what it is for')
    .action(act((context, url: string, options: CreateOptions) => create(context, url, options)));
  webhooks
    .command('delete')
    .argument('<id>', 'id of the webhook')
    .description('Delete a webhook')
    .option('--yes', 'do not ask')
    .action(act((context, id: string, options: { yes?: boolean }) => remove(context, id, options)));
  webhooks
    .command('test')
    .argument('<id>', 'id of the webhook')
    .description('Send the message webhook.test')
    .action(act((context, id: string) => test(context, id)));
  addListen(webhooks, act);
}
