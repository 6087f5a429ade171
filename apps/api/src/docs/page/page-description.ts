import type { OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Exclude<Schemas[string], { $ref: string }>;
type Property = NonNullable<Schema['properties']>[string];

/**
 * Fits the description to Swagger UI, whose forms read it in ways of their own. Nobody generates a client from this one.
 *
 * @param server base URL of the paths
 */
export function describeForPage(document: OpenAPIObject, server: string): OpenAPIObject {
  const sent = namesOfSentSchemas(document);
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) => [name, sent.has(name) ? asForm(schema as Schema) : schema] as const,
  );
  return {
    ...document,
    servers: [{ url: server }],
    components: { ...document.components, schemas: Object.fromEntries(schemas) },
  };
}

/** Schemas of request bodies. */
function namesOfSentSchemas(document: OpenAPIObject): ReadonlySet<string> {
  const bodies = Object.values(document.paths).flatMap((item) =>
    [item.post, item.put].map((operation) => operation?.requestBody),
  );
  const references = [...JSON.stringify(bodies).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  return new Set(references.map(([, name = '']) => name));
}

/**
 * Optional texts start empty: Swagger UI fills a field with its example and would send it as if a person had typed it.
 *
 * A required field that may be null becomes optional: Swagger UI sends empty values of optional fields alone, and empty
 * is how a form says null.
 */
function asForm(schema: Schema): Schema {
  const required = (schema.required ?? []).filter((name) => !typesOf(schema.properties?.[name]).includes('null'));
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const startsEmpty = !schema.required?.includes(name) && typesOf(property).includes('string') && !isFile(property);
    return [name, startsEmpty ? { ...property, example: '' } : property] as const;
  });
  return { ...schema, required, properties: Object.fromEntries(properties) };
}

/** Types of a property: in OpenAPI 3.1 one or a list. */
function typesOf(property: Property | undefined): readonly string[] {
  const type: unknown = property && 'type' in property ? property.type : undefined;
  return Array.isArray(type) ? (type as string[]) : typeof type === 'string' ? [type] : [];
}

const isFile = (property: Property): boolean => 'format' in property && property.format === 'binary';
