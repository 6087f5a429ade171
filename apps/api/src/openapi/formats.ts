import type { OpenAPIObject } from '@nestjs/swagger';

/**
 * Completes the schemas of numbers and files for generators and validators.
 *
 * - Numbers get their size in the languages that have several: `double` if they have decimals, `int64` if they count bytes.
 *   Without a format, generated Go code reads a duration into 32 bits and loses its milliseconds.
 * - Bytes are described twice: `format: binary` is what generators know, `contentMediaType` is what OpenAPI 3.1 has for it.
 */
export function withFormats(document: OpenAPIObject): OpenAPIObject {
  return completed(document, '') as OpenAPIObject;
}

/** Examples are values, not schemas. */
const values = new Set(['example', 'examples', 'default', 'enum']);

/** @param name the key of this node in the document: the name of a property, if the node is its schema */
function completed(node: unknown, name: string): unknown {
  if (Array.isArray(node)) return node.map((each) => completed(each, name));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(
    ([key, value]) => [key, values.has(key) ? value : completed(value, key)] as const,
  );
  return { ...Object.fromEntries(entries), ...missingIn(node, name) };
}

function missingIn(schema: object, name: string): { readonly format?: string; readonly contentMediaType?: string } {
  if (!('type' in schema)) return {};
  if ('format' in schema) return schema.format === 'binary' ? { contentMediaType: 'application/octet-stream' } : {};
  const types: readonly unknown[] = [schema.type].flat();
  if (types.includes('number')) return { format: 'double' };
  return types.includes('integer') && /(^|_)bytes$/.test(name) ? { format: 'int64' } : {};
}
