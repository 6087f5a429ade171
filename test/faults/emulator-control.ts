import type { Behaviour, Match, Rule } from '../../apps/runpod-emulator/src/behaviours/behaviour.js';
import type { JobRecord } from '../../apps/runpod-emulator/src/behaviours/job-record.js';

export type { Behaviour, JobRecord, Rule };

/** Controls the faults of a running emulator and reads the requests that it received. */
export class EmulatorControl {
  constructor(
    private readonly url: string,
    private readonly key: string,
    /** Whether jobs end at once unless a rule says otherwise. If not, they wait for handlers. */
    private readonly isInstant = true,
  ) {}

  /** Removes all faults. */
  async behaveWell(): Promise<void> {
    await this.ask('DELETE', 'behaviours');
    if (this.isInstant) await this.rules([{ match: {}, behaviour: { kind: 'instant', afterMs: 0 } }]);
  }

  /** Sets the faults of one voice's jobs and requests. */
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

  /** Returns every job that was accepted for a voice. */
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
