/** An answer of Timbre that is not a success, or no answer at all. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  private constructor(
    /** The HTTP status. 0 if Timbre could not be reached. */
    readonly status: number,
    /** The contract's sentence, for people. */
    sentence: string,
    /** Sentences for the fields of a 422. */
    readonly fields: Readonly<Record<string, string>> = {},
    readonly retryAfterSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }

  /** @param body the parsed body of the answer, whatever it is */
  static of(response: Response, body: unknown): ApiFailure {
    const { detail, errors = [] } = isErrorBody(body) ? body : { detail: `${response.status} ${response.statusText}` };
    const fields = Object.fromEntries(errors.map(({ field, message }) => [field, message]));
    const after = Number(response.headers.get('Retry-After') ?? Number.NaN);
    return new ApiFailure(response.status, detail, fields, Number.isFinite(after) ? after : undefined);
  }

  static unreachable(cause: unknown): ApiFailure {
    return new ApiFailure(0, 'Timbre cannot be reached', {}, undefined, { cause });
  }
}

interface ErrorBody {
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'detail' in body && typeof body.detail === 'string';
}

/** An answer of a {@link connect}ed client. */
interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * Returns the body of a successful answer.
 *
 * @throws ApiFailure for every other answer, and if Timbre cannot be reached. An abort stays an AbortError
 */
export async function unwrap<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await call.catch((cause: unknown) => {
    if (cause instanceof Error && cause.name === 'AbortError') throw cause;
    throw ApiFailure.unreachable(cause);
  });
  if (!response.ok) throw ApiFailure.of(response, error);
  return data as Data;
}
