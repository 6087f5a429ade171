import type { OpenAPIObject } from '@nestjs/swagger';
import { mapOperations } from './operations.js';

type Components = NonNullable<OpenAPIObject['components']>;
type SchemaOrRef = NonNullable<Components['schemas']>[string];
type Schema = Exclude<SchemaOrRef, { $ref: string }>;
type Content = Readonly<
  Record<string, { readonly schema?: SchemaOrRef; readonly example?: unknown; readonly examples?: object }>
>;

/** Adds an example to every body that has none, made of the examples of its fields. Files have none, in a form either. */
export function withExamples(document: OpenAPIObject): OpenAPIObject {
  const schemas = document.components?.schemas ?? {};
  const exampleOf = examples(schemas);
  /** An example without a required file would be wrong, and one without fields shows nothing. */
  const showsForm = (made: unknown, schema: SchemaOrRef): boolean => {
    const shown = Object.keys(Object(made) as object);
    const { required = [] } = named(schema, schemas);
    return shown.length > 0 && required.every((field) => shown.includes(field));
  };
  const completed = <T extends Content>(content: T): T =>
    Object.fromEntries(
      Object.entries(content).map(([type, media]) => {
        const { schema, example, examples: several } = media;
        if (schema === undefined || example !== undefined || several !== undefined || isFile(type))
          return [type, media];
        const made = exampleOf(schema);
        return [type, type.startsWith('multipart/') && !showsForm(made, schema) ? media : { ...media, example: made }];
      }),
    ) as T;
  const completedBody = <T extends object>(body: T): T =>
    'content' in body && body.content ? { ...body, content: completed(body.content as Content) } : body;

  return mapOperations(document, (operation) => ({
    ...operation,
    ...(operation.requestBody && { requestBody: completedBody(operation.requestBody) }),
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => [status, response && completedBody(response)]),
    ),
  }));
}

const isFile = (contentType: string): boolean => !/json$|^multipart\/|urlencoded$/.test(contentType);

/** Returns the schema that a reference names. */
function named(given: SchemaOrRef, schemas: Readonly<Record<string, SchemaOrRef>>): Schema {
  return '$ref' in given ? named(schemas[given.$ref.split('/').at(-1) ?? ''] ?? {}, schemas) : given;
}

/** Returns a function that makes an example of a schema. */
function examples(schemas: Readonly<Record<string, SchemaOrRef>>): (schema: SchemaOrRef) => unknown {
  const exampleOf = (given: SchemaOrRef): unknown => {
    if ('$ref' in given) return exampleOf(named(given, schemas));
    if (given.example !== undefined) return given.example;
    if (given.enum) return given.enum[0];
    const [alternative] = given.allOf ?? given.anyOf ?? given.oneOf ?? [];
    if (alternative) return exampleOf(alternative);
    if (given.items) return [exampleOf(given.items)];
    return given.properties ? ofObject(given) : given.default;
  };
  /** Optional fields without an example are left out. */
  const ofObject = ({ properties = {}, required = [] }: Schema): object =>
    Object.fromEntries(
      Object.entries(properties).flatMap(([name, property]) => {
        const example = required.includes(name) || 'example' in property ? exampleOf(property) : undefined;
        return example === undefined ? [] : [[name, example]];
      }),
    );
  return exampleOf;
}
