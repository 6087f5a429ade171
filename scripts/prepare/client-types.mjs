import fs from 'node:fs';
import path from 'node:path';

const source = (root) => path.join(root, 'openapi.json');
const target = (root) => path.join(root, 'libs/client/src/openapi.d.ts');

/** Returns whether the types of libs/client are those of openapi.json, or there is no description to make any of. */
export function clientTypesAreFresh(root) {
  if (!fs.existsSync(source(root))) return true;
  const made = fs.statSync(target(root), { throwIfNoEntry: false });
  const madeOf = [source(root), path.join(root, 'scripts/prepare/client-types.mjs')];
  return made !== undefined && madeOf.every((file) => made.mtimeMs >= fs.statSync(file).mtimeMs);
}

/**
 * Writes the types of the routes, from openapi.json. Only type checks and editors read them: what runs needs no types.
 */
export async function writeClientTypes(root) {
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  const { default: ts } = await import('typescript');
  const blob = ts.factory.createTypeReferenceNode(ts.factory.createIdentifier('Blob'));
  const document = JSON.parse(fs.readFileSync(source(root), 'utf8'));
  const types = await openapiTS(document, {
    defaultNonNullable: false, // a field of a request that has a default may be left out
    transform: (schema) => (schema.format === 'binary' ? blob : undefined),
  });
  const head = '// Made of openapi.json by scripts/prepare/client-types.mjs.\n';
  fs.writeFileSync(`${target(root)}.new`, head + astToString(types));
  fs.renameSync(`${target(root)}.new`, target(root));
}
