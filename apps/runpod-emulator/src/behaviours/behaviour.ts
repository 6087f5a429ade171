import { choiceAt, listAt, objectAt, textAt, wholeAt, type JsonObject } from '../json-shape.js';
import { allMalformations, type Malformation } from './malformation.js';

export const operations = ['run', 'status', 'cancel'] as const;
export type Operation = (typeof operations)[number];

/**
 * One way to misbehave.
 *
 * `answer` and `drop` apply to a request. It gets this HTTP status instead of the real response, or its connection is
 * closed without one. With `accepts`, a job is accepted nevertheless. The others apply to a job once it is accepted:
 * - `hold` keeps it IN_QUEUE until the rule is removed
 * - `slow` waits before each stage
 * - `fail` ends it FAILED with this error, `time_out` ends it TIMED_OUT, both without any work
 * - `expire` makes it unknown `afterMs` after its submission (while its handler continues) or after its end
 * - `webhook` skips, doubles or delays the webhook
 * - `malformed` corrupts the output, in /status and in the result object
 * - `run_twice` runs the handler again, before its result counts or after the job is COMPLETED
 * - `fail_samples` makes the samples with these indexes fail. Version 2 of the contract names them, version 1 fails
 * - `instant` skips the engine and makes up objects and output, immediately or after `afterMs`. With `embeddingBytes`,
 *   embeddings of version 2 have at least this size
 * - `engine_version` lets the engine be another version of itself
 */
export type Behaviour =
  | { readonly kind: 'answer'; readonly on: Operation; readonly status: number; readonly accepts: boolean }
  | { readonly kind: 'drop'; readonly on: Operation; readonly accepts: boolean }
  | { readonly kind: 'hold' }
  | { readonly kind: 'slow'; readonly stageDelayMs: number }
  | { readonly kind: 'fail'; readonly error: string }
  | { readonly kind: 'time_out' }
  | { readonly kind: 'expire'; readonly from: 'submission' | 'end'; readonly afterMs: number }
  | { readonly kind: 'webhook'; readonly mode: 'once' | 'skip' | 'double'; readonly delayMs: number }
  | { readonly kind: 'malformed'; readonly variant: Malformation }
  | { readonly kind: 'run_twice'; readonly again: 'before' | 'after' }
  | { readonly kind: 'fail_samples'; readonly indexes: readonly number[] }
  | { readonly kind: 'instant'; readonly afterMs: number; readonly embeddingBytes?: number }
  | { readonly kind: 'engine_version'; readonly version: string };

export type BehaviourKind = Behaviour['kind'];
export type BehaviourOf<K extends BehaviourKind> = Extract<Behaviour, { kind: K }>;
/** A behaviour that applies to a request, not to a job. */
export type Lapse = BehaviourOf<'answer' | 'drop'>;

/** Which requests and jobs a rule applies to. An absent field matches all. */
export interface Match {
  readonly partner?: string;
  readonly voice?: string;
}

export interface Rule {
  readonly match: Match;
  readonly behaviour: Behaviour;
  /** To how many requests or jobs it applies; all by default. */
  readonly times?: number;
}

const kinds = [
  'answer',
  'drop',
  'hold',
  'slow',
  'fail',
  'time_out',
  'expire',
  'webhook',
  'malformed',
  'run_twice',
  'fail_samples',
  'instant',
  'engine_version',
] as const satisfies readonly BehaviourKind[];

/** Returns the first behaviour of a kind. */
export function ofKind<K extends BehaviourKind>(list: readonly Behaviour[], kind: K): BehaviourOf<K> | undefined {
  return list.find((behaviour): behaviour is BehaviourOf<K> => behaviour.kind === kind);
}

/** @throws ShapeError if the body is no list of rules */
export function parseRules(body: unknown): readonly Rule[] {
  return listAt(body, 'body').map((value, i) => {
    const rule = objectAt(value, `[${i}]`);
    const times = rule['times'];
    return {
      match: parseMatch(objectAt(rule['match'] ?? {}, `[${i}].match`)),
      behaviour: parseBehaviour(objectAt(rule['behaviour'], `[${i}].behaviour`)),
      ...(times === undefined ? {} : { times: wholeAt(times, `[${i}].times`, 1) }),
    };
  });
}

export function parseMatch({ partner, voice }: JsonObject): Match {
  return {
    ...(partner === undefined ? {} : { partner: textAt(partner, 'partner') }),
    ...(voice === undefined ? {} : { voice: textAt(voice, 'voice') }),
  };
}

function parseBehaviour(value: JsonObject): Behaviour {
  const kind = choiceAt(value['kind'], 'kind', kinds);
  const on = (): Operation => choiceAt(value['on'], 'on', operations);
  const ms = (field: string): number => wholeAt(value[field] ?? 0, field);
  const accepts = value['accepts'] === true;
  switch (kind) {
    case 'answer':
      return { kind, on: on(), status: wholeAt(value['status'], 'status', 400, 599), accepts };
    case 'drop':
      return { kind, on: on(), accepts };
    case 'hold':
    case 'time_out':
      return { kind };
    case 'slow':
      return { kind, stageDelayMs: ms('stageDelayMs') };
    case 'fail':
      return { kind, error: textAt(value['error'], 'error') };
    case 'expire':
      return { kind, from: choiceAt(value['from'] ?? 'end', 'from', ['submission', 'end']), afterMs: ms('afterMs') };
    case 'webhook':
      return {
        kind,
        mode: choiceAt(value['mode'] ?? 'once', 'mode', ['once', 'skip', 'double']),
        delayMs: ms('delayMs'),
      };
    case 'malformed':
      return { kind, variant: choiceAt(value['variant'], 'variant', allMalformations) };
    case 'run_twice':
      return { kind, again: choiceAt(value['again'] ?? 'before', 'again', ['before', 'after']) };
    case 'fail_samples':
      return {
        kind,
        indexes: listAt(value['indexes'], 'indexes').map((index, i) => wholeAt(index, `indexes[${i}]`, 1)),
      };
    case 'instant':
      return { kind, afterMs: ms('afterMs'), embeddingBytes: wholeAt(value['embeddingBytes'] ?? 0, 'embeddingBytes') };
    case 'engine_version':
      return { kind, version: textAt(value['version'], 'version') };
  }
}
