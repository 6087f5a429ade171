// Generates TypeScript types from openapi.json, as openapi-typescript's own documentation shows for binary bodies:
//   node generate.mjs <openapi.json> <types.d.ts>
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';

const [source, target] = process.argv.slice(2);
const blob = ts.factory.createTypeReferenceNode(ts.factory.createIdentifier('Blob'));
const document = JSON.parse(await readFile(source, 'utf8'));
const types = await openapiTS(document, {
  transform: (schema) => (schema.format === 'binary' ? blob : undefined),
});
await writeFile(target, astToString(types));
