import type { OpenAPIObject } from '@nestjs/swagger';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ErrorBody } from '../errors/error-answer.js';
import { describeUnopened } from './describe-api.js';

/** The parts of a document that these tests look at. */
interface Described {
  readonly description?: string;
  readonly $ref?: string;
  readonly allOf?: readonly Described[];
  readonly properties?: Readonly<Record<string, Described>>;
  readonly enum?: readonly string[];
}
interface Parameter extends Described {
  readonly name: string;
  readonly in: string;
}
interface Operation extends Described {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Described }>> };
  readonly responses: Readonly<
    Record<string, Described & { readonly content?: Readonly<Record<string, { examples?: Record<string, Example> }>> }>
  >;
}
interface Example {
  readonly value: ErrorBody;
}

let schemas: Readonly<Record<string, Described>>;
let operations: readonly { readonly url: string; readonly operation: Operation }[];

beforeAll(async () => {
  const document: OpenAPIObject = await describeUnopened();
  schemas = document.components?.schemas as Readonly<Record<string, Described>>;
  operations = Object.entries(document.paths).flatMap(([url, item]) =>
    Object.values(item as Readonly<Record<string, Operation>>).map((operation) => ({ url, operation })),
  );
});

const schemaOf = ({ $ref = '' }: Described): Described => schemas[$ref.replace('#/components/schemas/', '')] ?? {};

/** Names of everything a caller can send to an operation. */
function inputs({ parameters = [], requestBody }: Operation): { readonly query: string[]; readonly body: string[] } {
  const media = Object.values(requestBody?.content ?? {});
  return {
    query: parameters.map(({ name }) => name),
    body: media.flatMap(({ schema }) => Object.keys({ ...schema, ...schemaOf(schema) }.properties ?? {})),
  };
}

describe('openapi.json for generated clients', () => {
  it('lists path parameters first and in the order of the URL', () => {
    expect(operations.filter(({ url }) => url.split('{').length > 2).length).toBeGreaterThan(5);
    for (const { url, operation } of operations) {
      const inUrl = [...url.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const listed = (operation.parameters ?? []).slice(0, inUrl.length);
      expect([operation.operationId, listed.map(({ name }) => name)]).toEqual([operation.operationId, inUrl]);
      const later = (operation.parameters ?? []).slice(inUrl.length);
      expect(later.every((parameter) => parameter.in !== 'path')).toBe(true);
    }
  });

  it('gives no schema the name of a JavaScript global', () => {
    expect(Object.keys(schemas)).toContain('ApiError');
    expect(Object.keys(schemas).filter((name) => name in globalThis)).toEqual([]);
  });

  it('offers each input of an operation once', () => {
    for (const { operation } of operations) {
      const { query, body } = inputs(operation);
      expect([operation.operationId, query.filter((name) => body.includes(name))]).toEqual([operation.operationId, []]);
      expect(new Set(query).size).toBe(query.length);
    }
  });

  it('has examples that reject inputs of the operation', () => {
    const rejections = operations.flatMap(({ operation }) =>
      Object.values(operation.responses['422']?.content?.['application/json']?.examples ?? {}).map(({ value }) => ({
        operation,
        value,
      })),
    );
    expect(rejections.length).toBeGreaterThan(10);
    for (const { operation, value } of rejections) {
      const { query, body } = inputs(operation);
      for (const { field, message } of value.errors ?? []) {
        expect([operation.operationId, [...query, ...body]]).toEqual([
          operation.operationId,
          expect.arrayContaining([field]),
        ]);
        expect(message).toContain(field);
      }
      expect(value.errors?.[0]?.message).toBe(value.detail);
    }
    const about = (id: string): string | undefined =>
      rejections.find(({ operation }) => operation.operationId === id)?.value.errors?.[0]?.field;
    expect([about('createVoice'), about('splitVoice'), about('embedVoice')]).toEqual([
      'name',
      'max_samples',
      'tts_type',
    ]);
  });

  it('describes every operation, input, response and field, and nothing twice', () => {
    for (const { operation } of operations) {
      const { operationId, summary, description = '', parameters = [], responses } = operation;
      expect([operationId, description]).toEqual([operationId, expect.stringMatching(/^[A-Z].*\.$/s)]);
      expect(description).not.toBe(summary);
      for (const each of [...parameters, ...Object.values(responses)]) {
        expect([operationId, each.description]).toEqual([operationId, expect.stringMatching(/./)]);
        const sentences = each.description?.split(' · ') ?? [];
        expect([operationId, new Set(sentences).size]).toEqual([operationId, sentences.length]);
      }
    }
    for (const [name, schema] of Object.entries(schemas)) {
      for (const [field, property] of Object.entries(schema.properties ?? {})) {
        expect([name, field, property.description]).toEqual([name, field, expect.stringMatching(/./)]);
        const shared = schemaOf(property.allOf?.[0] ?? property);
        // Nest gives an enum that one field uses the description of the field.
        if (!shared.enum) expect([name, field, property.description]).not.toEqual([name, field, shared.description]);
      }
    }
  });

  it('explains every status and every stage of progress', () => {
    const status = schemas['ProcessingStatus'];
    const stage = schemas['ProgressStage'];
    for (const { enum: values = [], description } of [status ?? {}, stage ?? {}]) {
      expect(values.length).toBeGreaterThan(3);
      for (const value of values) expect(description).toContain(`\`${value}\``);
    }
  });
});
