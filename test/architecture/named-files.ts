import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { roomOf } from './source-tree.js';

const folders = ['apps', 'libs', 'test', 'scripts', 'deploy', 'docs', '.ci', '.github', '.vscode'];
const readable = /\.(tsx?|mjs|cjs|md|json|yml|yaml|sh|conf|service|timer|target)$|\/[A-Za-z]+$/;
/** `prepare.operators-spec.ts` makes a small clone of its own, with files of its own. */
const isFixture = (file: string): boolean =>
  /^test\/fixtures\/|^scripts\/settings\/|\.jsonl?$|\/prepare\.operators-spec\.ts$/.test(file);

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file));
  return found.filter((file) => readable.test(file) && !isFixture(file) && statSync(file).isFile());
}

export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** What people wrote: sources, scripts, manifests and documents. */
export const textFiles: readonly TextFile[] = [
  ...readdirSync('.').filter((file) => readable.test(file)),
  ...folders.flatMap(filesUnder),
  'Dockerfile',
]
  .filter((file) => statSync(file).isFile() && file !== 'package-lock.json' && file !== 'openapi.json')
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }));

/** Named with their project: pages of other repositories. */
const ofOthers: readonly string[] = ['bull/PATTERNS.md'];

const exists = (from: string, named: string): boolean =>
  ['.', path.dirname(from), roomOf(from) ?? '.', 'docs', 'node_modules'].some((folder) =>
    existsSync(path.join(folder, named)),
  );

/** Documents that a text names, as `docs/api.md`, and that are not in the repository. A URL is somebody else's. */
export function missingDocuments({ file, text }: TextFile): readonly string[] {
  const named = [...text.matchAll(/(?<![\w./:@${}-])[\w./-]*\w\.md\b/g)].map(([name]) => name);
  return named.filter((name) => !ofOthers.includes(name) && !exists(file, name));
}

/** Sources that a text names by their path from the root, and that are not there. Patterns (`*.ts`, `{a,b}.ts`) are not looked at. */
export function missingSources({ file, text }: TextFile): readonly string[] {
  const named = [
    ...text.matchAll(/(?<![\w./@${}*-])(?:apps|libs|test|scripts|deploy)\/[\w./-]+\.(?:ts|mjs|sh|yaml|yml)\b/g),
  ];
  return named.map(([name]) => name).filter((name) => !exists(file, name));
}
