import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** An answer. A JSON body is parsed, any other is text. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

export type Body = FormData | URLSearchParams | Blob | string | Readonly<Record<string, unknown>>;

/** Sends requests to one API with one key, as a client of Timbre would. */
export class HttpClient {
  /** @param baseUrl with `/api`, so that paths read as in the contract */
  constructor(
    readonly baseUrl: string,
    private readonly key?: string,
  ) {}

  get<T>(route: string, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.send<T>('GET', route, undefined, headers);
  }

  post<T>(route: string, body?: Body, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.send<T>('POST', route, body, headers);
  }

  put<T>(route: string, body?: Body): Promise<Answer<T>> {
    return this.send<T>('PUT', route, body);
  }

  patch<T>(route: string, body?: Body): Promise<Answer<T>> {
    return this.send<T>('PATCH', route, body);
  }

  delete<T>(route: string): Promise<Answer<T>> {
    return this.send<T>('DELETE', route);
  }

  /** Returns the unread response, for bytes and streams. */
  fetch(route: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.key !== undefined) headers.set('X-Api-Key', this.key);
    return fetch(`${this.baseUrl}${route}`, { ...init, headers });
  }

  private async send<T>(
    method: string,
    route: string,
    body?: Body,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const isReady =
      typeof body === 'string' ||
      body instanceof FormData ||
      body instanceof URLSearchParams ||
      body instanceof Blob ||
      body === undefined;
    const response = await this.fetch(route, {
      method,
      headers: isReady ? headers : { 'Content-Type': 'application/json', ...headers },
      body: isReady ? (body ?? null) : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  }
}

/** Returns a multipart form with a file in its field `file`. */
export async function formWithFile(file: string, fields: Readonly<Record<string, string>> = {}): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([await readFile(file)]), path.basename(file));
  return form;
}
