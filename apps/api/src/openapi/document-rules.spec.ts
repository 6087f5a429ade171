import type { OpenAPIObject } from '@nestjs/swagger';
import addFormats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeUnopened } from './describe-api.js';
import { namesInUrl, operationsOf, type PlacedOperation } from './operations.js';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Body {
  readonly content?: Readonly<Record<string, Media>>;
  readonly links?: Readonly<Record<string, { readonly $ref: string }>>;
}
interface Link {
  readonly operationId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

let document: OpenAPIObject;
let operations: readonly PlacedOperation[];
beforeAll(async () => {
  document = JSON.parse(JSON.stringify(await describeUnopened())) as OpenAPIObject; // as it is served
  operations = operationsOf(document);
});

const answersOf = ({ operation }: PlacedOperation): readonly (readonly [status: string, answer: Body])[] =>
  Object.entries(operation.responses as Readonly<Record<string, Body>>);

/** Returns every node of the document that is a schema of this type, with its place. */
function schemasOfType(type: string, node: unknown, place = ''): [place: string, schema: object][] {
  if (typeof node !== 'object' || node === null) return [];
  const found = Object.entries(node).flatMap(([key, value]) =>
    /^(examples?|default)$/.test(key) ? [] : schemasOfType(type, value, `${place}/${key}`),
  );
  const isOfType = 'type' in node && [node.type].flat().includes(type);
  return isOfType ? [[place, node], ...found] : found;
}

describe('the OpenAPI description', () => {
  it('has one form for every body: multipart if it may contain a file, bytes, or JSON', () => {
    const bodies = operations.flatMap(({ operation }) =>
      operation.requestBody
        ? [[operation.operationId, Object.keys((operation.requestBody as Body).content ?? {})]]
        : [],
    );
    expect(bodies.length).toBeGreaterThan(8);
    for (const [id, forms] of bodies) {
      expect([id, forms]).toEqual([
        id,
        [expect.stringMatching(/^(application\/json|multipart\/form-data|application\/octet-stream)$/)],
      ]);
    }
    const withFile = schemasOfType('string', document).filter(
      ([place, schema]) => place.startsWith('/components') && JSON.stringify(schema).includes('binary'),
    );
    expect(withFile.length).toBeGreaterThan(1);
    const multipart = JSON.stringify(
      operations.map(({ operation }) => (operation.requestBody as Body | undefined)?.content?.['multipart/form-data']),
    );
    for (const [place] of withFile) expect(multipart).toContain(place.split('/')[3]);
  });

  it('gives every body an example that is valid', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
    addFormats.default(ajv);
    ajv.addFormat('binary', true).addFormat('double', true).addSchema(document, 'openapi');
    const validators = new Map<string, ValidateFunction>();
    const validatorOf = (schema: object): ValidateFunction => {
      const text = JSON.stringify(schema);
      const validate = validators.get(text) ?? ajv.compile(resolved(schema));
      validators.set(text, validate);
      return validate;
    };
    for (const at of operations) {
      const { operationId } = at.operation;
      const bodies = [['request', (at.operation.requestBody ?? {}) as Body] as const, ...answersOf(at)];
      for (const [name, { content = {} }] of bodies) {
        const media = content['application/json'];
        if (!media) continue;
        const examples = media.examples ? Object.values(media.examples).map(({ value }) => value) : [media.example];
        expect([operationId, name, examples.length > 0]).toEqual([operationId, name, true]);
        const validate = validatorOf(media.schema);
        for (const example of examples) {
          const isValid = validate(example);
          expect([operationId, name, example, isValid ? [] : validate.errors]).toEqual([
            operationId,
            name,
            example,
            [],
          ]);
        }
      }
    }
  });

  it('gives every failure the type of an error, also those that it does not list', () => {
    for (const at of operations) {
      const failures = answersOf(at).filter(([status]) => !/^[123]/.test(status));
      expect(failures.map(([status]) => status)).toContain('default');
      for (const [status, { content }] of failures) {
        const { $ref: name = '' } = (content?.['application/json']?.schema ?? {}) as { $ref?: string };
        const expected = status === '422' ? 'ValidationError' : 'ApiError';
        if (at.operation.operationId === 'getReadiness' && status === '503') continue; // says which dependency is down
        expect([at.operation.operationId, status, name]).toEqual([
          at.operation.operationId,
          status,
          `#/components/schemas/${expected}`,
        ]);
      }
    }
  });

  it('names every enum, so that generated clients can', () => {
    const enums = schemasOfType('string', document).filter(
      ([, schema]) => 'enum' in schema && (schema.enum as []).length > 1,
    );
    expect(enums.length).toBeGreaterThan(8);
    const unnamed = enums.map(([place]) => place).filter((place) => !/^\/components\/schemas\/\w+$/.test(place));
    expect(unnamed).toEqual([]); // give the field an `enumName`
  });

  it('lists no types as `["string", "number"]`, which some generators cannot read, except with null', () => {
    const listed = schemasOfType('null', document).map(([place, schema]) => [
      place,
      [(schema as { type: unknown }).type].flat(),
    ]);
    expect(listed.length).toBeGreaterThan(20);
    expect(listed.filter(([, types = []]) => types.length > 2)).toEqual([]);
  });

  it('forbids no unknown fields, which the server ignores unless they look like typing errors', () => {
    const objects = schemasOfType('object', document);
    expect(objects.length).toBeGreaterThan(20);
    expect(objects.filter(([, schema]) => 'additionalProperties' in schema && !schema.additionalProperties)).toEqual(
      [],
    );
  });

  it('gives every number with decimals and every count of bytes its size', () => {
    const numbers = schemasOfType('number', document);
    expect(numbers.length).toBeGreaterThan(8);
    for (const [place, schema] of numbers) {
      expect([place, schema]).toEqual([place, expect.objectContaining({ format: 'double' })]);
    }
    for (const [place, schema] of schemasOfType('integer', document).filter(([place]) =>
      /(^|[_/])bytes$/.test(place),
    )) {
      expect([place, schema]).toEqual([place, expect.objectContaining({ format: 'int64' })]);
    }
  });

  it('offers conditional requests as parameters wherever an answer can be 304', () => {
    const conditional = operations.filter(({ operation }) => '304' in operation.responses);
    expect(conditional.length).toBeGreaterThan(4);
    for (const { operation } of conditional) {
      const names = (operation.parameters ?? []).map((parameter) => ('name' in parameter ? parameter.name : ''));
      expect([operation.operationId, names]).toEqual([
        operation.operationId,
        expect.arrayContaining(['If-None-Match']),
      ]);
    }
  });

  it('gives every tag a name of letters, and describes every one that is used', () => {
    const described = (document.tags ?? []).map(({ name }) => name);
    const used = [...new Set(operations.flatMap(({ operation }) => operation.tags ?? []))];
    expect([...used].sort()).toEqual([...described].sort());
    for (const name of used) expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
  });

  describe('links', () => {
    const links = (): Readonly<Record<string, Link>> => (document.components?.links ?? {}) as Record<string, Link>;

    it('lead to operations and fill all of their path', () => {
      expect(Object.keys(links()).length).toBeGreaterThan(15);
      for (const [name, { operationId, parameters }] of Object.entries(links())) {
        const target = operations.find(({ operation }) => operation.operationId === operationId);
        expect([name, Object.keys(parameters)]).toEqual([name, namesInUrl(target?.url ?? '')]);
      }
    });

    it('take their values from the example of the answer', () => {
      const taken = operations.flatMap((at) =>
        answersOf(at).flatMap(([, { content, links: used = {} }]) =>
          Object.values(used)
            .flatMap(({ $ref }) => Object.values(links()[$ref.split('/').at(-1) ?? '']?.parameters ?? {}))
            .filter((source) => source.startsWith('$response.body#/'))
            .map((source) => ({
              id: at.operation.operationId,
              source,
              example: content?.['application/json']?.example,
            })),
        ),
      );
      expect(taken.length).toBeGreaterThan(30);
      for (const { id, source, example } of taken) {
        const value = valueAt(example, source.slice('$response.body#/'.length));
        expect([id, source, value]).toEqual([id, source, expect.anything()]);
      }
    });

    it('reach every operation with a voice in its path', () => {
      const reached = Object.values(links()).map(({ operationId }) => operationId);
      // A dry run and details have no file names; the list of test samples has them.
      const ofVoices = operations.filter(({ url }) => url.includes('{voice}') && !url.includes('{tts_type}'));
      for (const { operation } of ofVoices) expect(reached).toContain(operation.operationId);
    });
  });
});

const resolved = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')) as object;

const valueAt = (value: unknown, pointer: string): unknown =>
  pointer.split('/').reduce((at: unknown, key) => (at as Readonly<Record<string, unknown>> | undefined)?.[key], value);
