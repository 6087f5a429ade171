import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient, type Answer } from '../support/http.js';

/** A client of several APIs that retries once after 503 or a lost connection. */
export class PatientClient {
  private turn = 0;
  /** The requests that failed after the retry, with their last answers. */
  readonly errors: string[] = [];
  retries = 0;

  constructor(
    private readonly baseUrls: readonly string[],
    private readonly key: string,
  ) {}

  /** Creates a voice. A retry may get 409 if the first request created the voice and only its response was lost. */
  async create(partner: string, name: string, form: () => FormData): Promise<boolean> {
    let tries = 0;
    const answer = await this.patiently(`POST ${name}`, (http) => {
      tries += 1;
      return http.post<{ readonly detail?: string }>(`/voices/${partner}`, form());
    });
    if (answer?.status === 201) return true;
    if (answer?.status === 409 && tries === 2) return true;
    if (answer) this.errors.push(`POST ${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return false;
  }

  /** Reads a route. Null counts as an error. */
  async read<T>(route: string): Promise<T | null> {
    const answer = await this.patiently(`GET ${route}`, (http) => http.get<T>(route));
    if (answer?.status === 200) return answer.body;
    if (answer) this.errors.push(`GET ${route}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return null;
  }

  private async patiently<T>(what: string, ask: (http: HttpClient) => Promise<Answer<T>>): Promise<Answer<T> | null> {
    const [one, other] = this.nextTwo();
    try {
      const first = await ask(one);
      if (first.status !== 503) return first;
      await sleep(Number(first.headers.get('retry-after') ?? 1) * 1000);
    } catch {
      // The connection was refused or reset. Try the other API at once.
    }
    this.retries += 1;
    try {
      return await ask(other);
    } catch (error) {
      this.errors.push(`${what}: ${String((error as Error).cause ?? error)}`);
      return null;
    }
  }

  /** Returns the API whose turn it is, and another one. */
  private nextTwo(): [HttpClient, HttpClient] {
    this.turn += 1;
    const at = (turn: number): HttpClient => new HttpClient(this.baseUrls[turn % this.baseUrls.length] ?? '', this.key);
    return [at(this.turn), at(this.turn + 1)];
  }
}
