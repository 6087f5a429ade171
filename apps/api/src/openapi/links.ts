import type { OpenAPIObject } from '@nestjs/swagger';
import { mapOperations, namesInUrl, operationsOf, type Operation, type PlacedOperation } from './operations.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Response = Exclude<NonNullable<Operation['responses'][string]>, { $ref: string }>;

type Links = Record<string, object>;

/** Where an answer, or the request before it, has the values of parameters: `{ voice: '$response.body#/name' }`. */
type Sources = Readonly<Record<string, string>>;

/** Values in answers of a schema, for operations at any path. */
const ofSchemas: Readonly<Record<string, Sources>> = {
  VoiceDetails: { voice: '$response.body#/id' },
};

/** Values that the path of the next operation does not show: `/speak` answers with the `{id}` of `/speech/{id}`. */
const ofOperations: Readonly<Record<string, { readonly next: readonly string[]; readonly sources: Sources }>> = {
  speak: { next: ['getSpeech'], sources: { id: '$response.body#/id' } },
  listConsents: { next: ['downloadConsent', 'revokeConsent'], sources: { id: '$response.body#/0/id' } },
  createKey: { next: ['revokeKey'], sources: { id: '$response.body#/id' } },
  listKeys: { next: ['revokeKey'], sources: { id: '$response.body#/0/id' } },
  listVoices: { next: ['getVoice'], sources: { voice: '$response.body#/0/name' } },
  listPartners: { next: ['listKeys'], sources: { partner: '$response.body#/0/name' } },
};

/**
 * Adds `links` to the answers: which operations can follow, and which values they take from the answer. People see them in
 * Swagger UI, and testers follow them.
 *
 * - An answer with the details of a voice leads to everything that has only the voice in its path.
 * - An answer of `/things` leads to `/things/{id}`, with the `id` of the thing that was created or that is listed first.
 */
export function withLinks(document: OpenAPIObject): OpenAPIObject {
  const all = operationsOf(document);
  const links: Links = {};
  const linked = mapOperations(document, (operation, at) => {
    const responses = Object.entries(operation.responses).map(([status, response]) => {
      if (!response || '$ref' in response || !status.startsWith('2')) return [status, response] as const;
      const answer = answerOf(response, document.components?.schemas ?? {});
      const names = answer ? namesOfLinks(at, answer, all, links) : {};
      return [status, Object.keys(names).length > 0 ? { ...response, links: names } : response] as const;
    });
    return { ...operation, responses: Object.fromEntries(responses) };
  });
  return { ...linked, components: { ...linked.components, links } };
}

/** Returns the links of a response as references, and adds what they refer to. */
function namesOfLinks(
  from: PlacedOperation,
  answer: Answer,
  all: readonly PlacedOperation[],
  links: Links,
): Record<string, { readonly $ref: string }> {
  const names: Record<string, { readonly $ref: string }> = {};
  for (const to of all) {
    const sources = sourcesOf(from, answer, to);
    if (sources === null || to.operation === from.operation) continue;
    const { operationId = '', summary } = to.operation;
    const link = { operationId, parameters: sources, description: summary };
    const name = nameOf(link, from, links);
    links[name] = link;
    names[operationId] = { $ref: `#/components/links/${name}` };
  }
  return names;
}

/** Answers whose link is the same share it, by the name of the operation that it leads to. */
function nameOf(link: { readonly operationId: string }, from: PlacedOperation, links: Links): string {
  const shared = links[link.operationId];
  const isFree = shared === undefined || JSON.stringify(shared) === JSON.stringify(link);
  return isFree ? link.operationId : `${from.operation.operationId}-${link.operationId}`;
}

/** Returns where the parameters of the next operation are, or null if it does not follow from this answer. */
function sourcesOf(from: PlacedOperation, answer: Answer, to: PlacedOperation): Sources | null {
  const explicit = ofOperations[from.operation.operationId ?? ''];
  const isNamed = explicit?.next.includes(to.operation.operationId ?? '') ?? false;
  const ofAnswer = { ...(!answer.isList && ofSchemas[answer.schema]), ...(isNamed && explicit?.sources) };
  const child = ofChild(from, answer, to);
  const wanted = namesInUrl(to.url);
  if (!wanted.some((name) => name in ofAnswer || name in child)) return null;
  const ofPath = Object.fromEntries(namesInUrl(from.url).map((name) => [name, `$request.path.${name}`]));
  const sources: Sources = { ...ofPath, ...ofAnswer, ...child };
  if (!wanted.every((name) => name in sources)) return null;
  return Object.fromEntries(wanted.map((name) => [name, sources[name] ?? '']));
}

/** Returns the value for `/things/{id}` in an answer of `/things` that has an `id`. */
function ofChild(from: PlacedOperation, { isList, fields }: Answer, to: PlacedOperation): Sources {
  if (!to.url.startsWith(`${from.url}/{`)) return {};
  const [name = ''] = namesInUrl(to.url.slice(from.url.length));
  return fields.includes(name) ? { [name]: `$response.body#/${isList ? '0/' : ''}${name}` } : {};
}

/** What is known of a JSON answer: an object, or a list of them. */
interface Answer {
  readonly schema: string;
  readonly isList: boolean;
  readonly fields: readonly string[];
}

function answerOf(response: Response, schemas: Schemas): Answer | null {
  const schema = response.content?.['application/json']?.schema;
  if (schema === undefined) return null;
  const items = 'items' in schema ? schema.items : undefined;
  const object = items ?? schema;
  if (!('$ref' in object)) return null;
  const name = object.$ref.split('/').at(-1) ?? '';
  const described = schemas[name];
  const fields = described && 'properties' in described ? Object.keys(described.properties ?? {}) : [];
  return { schema: name, isList: items !== undefined, fields };
}
