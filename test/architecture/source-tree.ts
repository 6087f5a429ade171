import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** One `import` or `export … from`: where it leads, and the names it takes; null for everything. */
export interface Import {
  readonly from: string;
  readonly names: readonly string[] | null;
}

export interface SourceFile {
  /** Relative to the clone: `libs/jobs/src/index.ts`. */
  readonly file: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  /** String and template literals with `${}` for what is computed. Imports and comments are not among them. */
  readonly literals: readonly string[];
  readonly text: string;
}

/** The app or lib that a file is part of: `apps/api`, `libs/jobs`; null for a test outside of them. */
export function roomOf(file: string): string | null {
  return /^(?:apps|libs)\/[^/]+/.exec(file)?.[0] ?? null;
}

const isTest = (file: string): boolean => /(^|\/)test\/|spec\.ts$/.test(file);

function typescriptFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => path.join(folder, file))
    .sort();
}

function namesOf(statement: ts.ImportDeclaration | ts.ExportDeclaration): readonly string[] | null {
  const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : statement.exportClause;
  if (bindings === undefined || ts.isNamespaceImport(bindings) || ts.isNamespaceExport(bindings)) return null;
  return bindings.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
}

function textOf(template: ts.TemplateExpression): string {
  return template.templateSpans.reduce((text, span) => `${text}\${}${span.literal.text}`, template.head.text);
}

function read(file: string): SourceFile {
  const text = readFileSync(file, 'utf8');
  const imports: Import[] = [];
  const literals: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) literals.push(node.text);
    else if (ts.isTemplateExpression(node)) literals.push(textOf(node));
    const isImport = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
    if (isImport && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
      imports.push({ from: node.moduleSpecifier.text, names: namesOf(node) });
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  return { file, lines: text.split('\n').length - 1, imports, literals, text };
}

/** Every TypeScript file of the apps, the libs and the tests, read once. */
export const everyFile: readonly SourceFile[] = ['apps', 'libs', 'test'].flatMap(typescriptFiles).map(read);

/** Those that run in production. */
export const productFiles: readonly SourceFile[] = everyFile.filter(({ file }) => !isTest(file));

/** The file or room that an import leads to: `libs/jobs` for `#libs/jobs`, a path for a relative one. */
export function targetOf(importing: string, from: string): string {
  const lib = /^#libs\/(.+)$/.exec(from)?.[1];
  if (lib !== undefined) return `libs/${lib}`;
  return from.startsWith('.') ? path.join(path.dirname(importing), from).replace(/\.js$/, '.ts') : from;
}
