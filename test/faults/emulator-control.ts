import type { Behaviour, Match, Rule } from '../../apps/runpod-emulator/src/behaviours/behaviour.js';
import type { JobRecord } from '../../apps/runpod-emulator/src/behaviours/job-record.js';

export type { Behaviour, JobRecord, Rule };

/** Tells a running emulator how to misbehave, and reads what was asked of it. */
export class EmulatorControl {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** Embeddings are made up at once, and nothing goes wrong. */
  async behaveWell(): Promise<void> {
    await this.ask('DELETE', 'behaviours');
    await this.rules([{ match: {}, behaviour: { kind: 'instant', afterMs: 0 } }]);
  }

  /** What befalls one voice's jobs and requests, beside being instant. */
  async befall(match: Match, ...behaviours: (Behaviour & { readonly times?: number })[]): Promise<void> {
    await this.rules(
      behaviours.map(({ times, ...behaviour }) => ({
        match,
        behaviour,
        ...(times === undefined ? {} : { times }),
      })),
    );
  }

  async relieve(match: Match): Promise<void> {
    await this.ask('DELETE', `behaviours?${new URLSearchParams({ ...match }).toString()}`);
  }

  /** Every job that was ever accepted for a voice. */
  async jobs(match: Match): Promise<readonly JobRecord[]> {
    const answer = await this.ask('GET', `jobs?${new URLSearchParams({ ...match }).toString()}`);
    return (await answer.json()) as readonly JobRecord[];
  }

  private async rules(rules: readonly Rule[]): Promise<void> {
    await this.ask('PUT', 'behaviours', JSON.stringify(rules));
  }

  private async ask(method: string, route: string, body?: string): Promise<Response> {
    const answer = await fetch(`${this.url}/emulator/${route}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' },
      body: body ?? null,
    });
    if (!answer.ok) throw new Error(`emulator: ${method} ${route} answered ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
