import type { OpenAPIObject } from '@nestjs/swagger';
import { mapOperations, type Operation } from '../operations.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Exclude<Schemas[string], { $ref: string }>;
type Property = NonNullable<Schema['properties']>[string];

/**
 * Adapts the description to the forms of Swagger UI. Client generators never see this version.
 *
 * Bodies get all forms that the server takes, multipart first: people fill in fields rather than write JSON.
 *
 * @param server base URL of the paths
 */
export function describeForPage(document: OpenAPIObject, server: string): OpenAPIObject {
  const sent = namesOfSentSchemas(document);
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) => [name, sent.has(name) ? asForm(schema as Schema) : schema] as const,
  );
  return {
    ...mapOperations(document, (operation) => withoutDefault(withEmptyHeaders(withAllForms(operation)))),
    servers: [{ url: server }],
    components: { ...document.components, schemas: Object.fromEntries(schemas) },
  };
}

function withAllForms(operation: Operation): Operation {
  const { requestBody, tags } = operation;
  if (!requestBody || '$ref' in requestBody || tags?.includes('RunPod')) return operation;
  const json = requestBody.content['application/json'];
  const { schema } = requestBody.content['multipart/form-data'] ?? json ?? {};
  if (!schema) return operation;
  const forms = 'multipart/form-data' in requestBody.content ? ['multipart/form-data'] : allForms;
  return {
    ...operation,
    requestBody: {
      ...requestBody,
      content: Object.fromEntries(forms.map((form) => [form, form === 'application/json' && json ? json : { schema }])),
    },
  };
}

/** Leaves out the answer `default`. Swagger UI would show it open, and the answer to a successful request closed. */
function withoutDefault(operation: Operation): Operation {
  const responses = { ...operation.responses };
  delete responses.default;
  return { ...operation, responses };
}

/**
 * Lets headers start empty. Swagger UI would send the example of an `Idempotency-Key` with every request, of which only the
 * first one would be processed.
 */
function withEmptyHeaders(operation: Operation): Operation {
  const parameters = operation.parameters?.map((parameter) => {
    if ('$ref' in parameter || parameter.in !== 'header') return parameter;
    const withoutExample = { ...parameter };
    delete withoutExample.example;
    if (!parameter.schema || '$ref' in parameter.schema) return withoutExample;
    const schema = { ...parameter.schema };
    delete schema.example;
    return { ...withoutExample, schema };
  });
  return parameters ? { ...operation, parameters } : operation;
}

const allForms = ['multipart/form-data', 'application/x-www-form-urlencoded', 'application/json'] as const;

/** Returns the names of the schemas in request bodies. */
function namesOfSentSchemas(document: OpenAPIObject): ReadonlySet<string> {
  const bodies = Object.values(document.paths).flatMap((item) =>
    [item.post, item.put, item.patch].map((operation) => operation?.requestBody),
  );
  const references = [...JSON.stringify(bodies).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  return new Set(references.map(([, name = '']) => name));
}

/**
 * Lets optional fields without a default start empty. Swagger UI would fill in their examples, or else the least number,
 * and send that as if a person had typed it.
 *
 * Objects are typed as JSON in one line. Makes required fields that may be null optional. A form says null with an empty value, and Swagger UI sends empty values
 * only of optional fields.
 */
function asForm(schema: Schema): Schema {
  const required = (schema.required ?? []).filter((name) => !typesOf(schema.properties?.[name]).includes('null'));
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    if (typesOf(property).includes('object')) return [name, asLine(property)] as const;
    const startsEmpty = !schema.required?.includes(name) && isScalar(property) && !('default' in property);
    return [name, startsEmpty ? { ...property, example: '' } : property] as const;
  });
  return { ...schema, required, properties: Object.fromEntries(properties) };
}

/** A form has an object as JSON text. */
const asLine = (property: Property): Property => ({
  type: 'string',
  ...('description' in property && property.description !== undefined && { description: property.description }),
  example: '',
});

/** Returns the types of a property. OpenAPI 3.1 allows one or a list. What refers to a schema is one of a few words. */
function typesOf(property: Property | undefined): readonly string[] {
  if (property && 'allOf' in property) return ['string'];
  const type: unknown = property && 'type' in property ? property.type : undefined;
  return Array.isArray(type) ? (type as string[]) : typeof type === 'string' ? [type] : [];
}

const scalars: readonly string[] = ['string', 'integer', 'number', 'boolean'];

/** Whether a person types the value of a property. */
function isScalar(property: Property): boolean {
  const isFile = 'format' in property && property.format === 'binary';
  return !isFile && typesOf(property).some((type) => scalars.includes(type));
}
