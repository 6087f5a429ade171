import { everyFile, roomOf, targetOf, type SourceFile } from './source-tree.js';

const isDoor = ({ file }: SourceFile): boolean => /^libs\/[^/]+\/src\/index\.ts$/.test(file);

/** Takes everything by one name: such a user keeps the whole door. */
const everything = '*';

/** The names that files outside a lib import by its door. Apps, other libs and tests count as users. */
function namesUsedOf(lib: string): ReadonlySet<string> {
  const outside = everyFile.filter(({ file }) => roomOf(file) !== lib);
  const imports = outside.flatMap(({ file, imports }) => imports.filter(({ from }) => targetOf(file, from) === lib));
  return new Set(imports.flatMap(({ names }) => names ?? [everything]));
}

/** Exports of the libs' doors that nothing outside the lib imports: `jobs.JobQueues`; `jobs.*` for an `export *`. */
export function unusedExports(): readonly string[] {
  return everyFile.filter(isDoor).flatMap((door) => {
    const lib = roomOf(door.file) ?? '';
    const used = namesUsedOf(lib);
    const exported = door.imports.flatMap(({ names }) => names ?? [everything]);
    return exported.filter((name) => !used.has(name)).map((name) => `${lib.replace('libs/', '')}.${name}`);
  });
}
