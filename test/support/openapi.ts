import { readFileSync } from 'node:fs';
import path from 'node:path';
import addFormats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** One request and its complete answer, as sent over the wire. */
export interface Exchange {
  readonly method: string;
  /** Path with `/api` and perhaps a query, still encoded. */
  readonly target: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

interface Schema {
  readonly [keyword: string]: unknown;
}

interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean; readonly schema: Schema }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface OperationObject {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security?: readonly object[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** An operation of the documentation. */
export interface Operation {
  readonly id: string;
  /** Upper case. */
  readonly method: string;
  /** `/api/voices/{partner}` */
  readonly template: string;
  readonly statuses: readonly number[];
  readonly bodyTypes: readonly string[];
  /** True if the operation needs no key. */
  readonly isOpen: boolean;
}

/** Path of the committed description of the API. */
export const openApiFile = path.join(process.cwd(), 'openapi.json');

/**
 * The committed description of the API. It checks answers: an answer that is not documented is a problem.
 *
 * Objects in answers are closed: an undocumented field is a problem too.
 */
export class ApiDescription {
  readonly operations: readonly Operation[];
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();
  private static ofFile: ApiDescription | undefined;

  constructor(private readonly document: OpenApiDocument) {
    addFormats.default(this.ajv);
    this.ajv.addFormat('binary', true);
    this.ajv.addSchema(closed(document), 'openapi');
    this.operations = Object.entries(document.paths).flatMap(([template, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        template,
        statuses: Object.keys(operation.responses).map(Number).filter(Number.isInteger), // not `default`
        bodyTypes: Object.keys(operation.requestBody?.content ?? {}),
        isOpen: operation.security?.length === 0,
      })),
    );
  }

  /** Returns the same each time: its validators are compiled once for all test files of a process. */
  static committed(): ApiDescription {
    return (ApiDescription.ofFile ??= new ApiDescription(
      JSON.parse(readFileSync(openApiFile, 'utf8')) as OpenApiDocument,
    ));
  }

  /** Returns the operations of a path, by the most literal template: in a POST, `/empty` is not the name of a voice. */
  private operationsAt(pathname: string): readonly Operation[] {
    return this.operations.filter(({ template }) => matchesTemplate(template, pathname));
  }

  /** Returns the operation of a request. HEAD counts as GET. */
  operationOf(method: string, pathname: string): Operation | undefined {
    const documented = method === 'HEAD' ? 'GET' : method;
    const found = this.operationsAt(pathname).filter((operation) => operation.method === documented);
    return found.sort((a, b) => parameters(a.template) - parameters(b.template))[0];
  }

  /** Returns what is not as documented in an answer, empty if nothing. */
  problemsOf(exchange: Exchange): string[] {
    const pathname = exchange.target.split('?', 1)[0] ?? '';
    const operation = this.operationOf(exchange.method, pathname);
    const problems = operation
      ? this.problemsOfOperation(exchange, operation)
      : this.problemsOfUnknown(exchange, this.operationsAt(pathname));
    if (!exchange.headers.get('x-request-id')) problems.push('X-Request-Id is missing');
    return problems.map((problem) => `${exchange.method} ${exchange.target} → ${exchange.status}: ${problem}`);
  }

  private problemsOfOperation(exchange: Exchange, operation: Operation): string[] {
    const response =
      this.document.paths[operation.template]?.[operation.method.toLowerCase()]?.responses[exchange.status];
    if (!response) return [`no documented status; body: ${exchange.body.toString().slice(0, 200)}`];
    const at = `openapi#/paths/${pointer(operation.template)}/${operation.method.toLowerCase()}/responses/${exchange.status}`;
    return [...this.problemsOfHeaders(exchange, response, at), ...this.problemsOfBody(exchange, response, at)];
  }

  /** Unknown routes and methods get an error of the documented shape. */
  private problemsOfUnknown(exchange: Exchange, here: readonly Operation[]): string[] {
    const problems = this.schemaProblems('openapi#/components/schemas/ApiError', parsed(exchange.body));
    if (here.length === 0) return exchange.status === 404 || exchange.status === 400 ? problems : ['must be 404'];
    if (exchange.status !== 405) return ['must be 405'];
    const methods = here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    const allow = [...new Set(methods)].sort().join(', ');
    if (exchange.headers.get('allow') !== allow) problems.push(`Allow must be ${allow}`);
    return problems;
  }

  private problemsOfHeaders(exchange: Exchange, response: ResponseObject, at: string): string[] {
    return Object.entries(response.headers ?? {}).flatMap(([name, { required, schema }]) => {
      const value = exchange.headers.get(name);
      if (value === null) return required ? [`header ${name} is missing`] : [];
      const sent: unknown = schema['type'] === 'integer' && /^\d+$/.test(value) ? Number(value) : value;
      return this.schemaProblems(`${at}/headers/${pointer(name)}/schema`, sent).map((text) => `${name}: ${text}`);
    });
  }

  private problemsOfBody(exchange: Exchange, response: ResponseObject, at: string): string[] {
    if (exchange.method === 'HEAD') return exchange.body.length > 0 ? ['HEAD has a body'] : [];
    const type = exchange.headers.get('content-type')?.split(';', 1)[0];
    if (!response.content) return exchange.body.length > 0 ? [`an undocumented body of type ${type}`] : [];
    if (type === undefined) return ['Content-Type is missing'];
    const documented = type in response.content ? type : '*/*';
    if (!(documented in response.content)) return [`undocumented Content-Type ${type}`];
    const length = exchange.headers.get('content-length');
    const problems =
      length !== null && Number(length) !== exchange.body.length
        ? [`Content-Length ${length}, but ${exchange.body.length} bytes`]
        : [];
    if (documented !== 'application/json') return problems;
    const schema = `${at}/content/${pointer(documented)}/schema`;
    return [...problems, ...this.schemaProblems(schema, parsed(exchange.body))];
  }

  private schemaProblems(reference: string, value: unknown): string[] {
    let validate = this.validators.get(reference);
    if (!validate) {
      validate = this.ajv.compile({ $ref: reference });
      this.validators.set(reference, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => `${error.instancePath || 'body'} ${error.message ?? ''}`);
  }
}

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
};

const parameters = (template: string): number => template.split('{').length - 1;

function matchesTemplate(template: string, pathname: string): boolean {
  const wanted = template.split('/');
  const given = pathname.split('/');
  if (given.at(-1) === '') given.pop(); // a route is the same with a slash behind it
  return (
    wanted.length === given.length &&
    wanted.every((part, at) => (part.startsWith('{') ? given[at] !== '' : part === given[at]?.toLowerCase()))
  );
}

/** A key as a step of a JSON pointer inside a URI (RFC 6901 §6). */
const pointer = (key: string): string => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));

/** The document with every object of its components closed to fields it does not name. */
function closed(document: OpenApiDocument): OpenApiDocument {
  const schemas = Object.entries(document.components.schemas).map(([name, schema]) => [
    name,
    schema['type'] === 'object' && schema['properties'] ? { ...schema, additionalProperties: false } : schema,
  ]);
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(schemas) as never } };
}
