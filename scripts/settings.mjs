// `npm run settings` writes scripts/settings: what scripts/prepare.mjs runs on a fresh clone, compiled from the sources,
// where the rules are written. With `--check` it only says whether those files are fresh.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transpiler } from './prepare/transpile.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'scripts/settings');
const entries = ['apps/standalone/src/check-settings.ts', 'libs/audio/src/tool-check.ts'];

/** The source that a compiled file names; undefined for one of Node's own modules. */
function sourceOf(name, from) {
  if (name.startsWith('node:')) return undefined;
  if (name.startsWith('#libs/')) return `libs/${name.slice('#libs/'.length)}/src/index.ts`;
  if (name.startsWith('.')) return path.join(path.dirname(from), name).replace(/\.js$/, '.ts');
  throw new Error(`${from} imports ${name}, which a fresh clone does not have`);
}

/** Compiles a source, and everything that it imports, into a folder of the same shape. */
function write(transpile, target, source) {
  const file = path.join(target, source.replace(/\.ts$/, '.js'));
  if (fs.existsSync(file)) return;
  transpile(source, file);
  fs.rmSync(`${file}.map`, { force: true });
  const code = fs.readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
  const imports = [];
  const linked = code.replace(/(?<=\bfrom ')[^']+(?=';)/g, (name) => {
    const imported = sourceOf(name, source);
    if (imported === undefined) return name;
    imports.push(imported);
    const link = path.relative(path.dirname(source), imported.replace(/\.ts$/, '.js'));
    return link.startsWith('.') ? link : `./${link}`;
  });
  fs.writeFileSync(file, `// Written by \`npm run settings\` from ${source}: change that one.\n${linked}`);
  for (const each of imports) write(transpile, target, each);
}

function contents(home) {
  const files = fs.existsSync(home) ? fs.readdirSync(home, { recursive: true }) : [];
  const code = files.filter((file) => file.endsWith('.js')).sort();
  return JSON.stringify(code.map((file) => [file, fs.readFileSync(path.join(home, file), 'utf8')]));
}

const fresh = fs.mkdtempSync(path.join(os.tmpdir(), 'timbre-settings-'));
try {
  const transpile = await transpiler(root);
  for (const entry of entries) write(transpile, fresh, entry);
  if (process.argv.includes('--check')) {
    if (contents(fresh) !== contents(folder)) throw new Error('scripts/settings is stale: npm run settings');
  } else {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.cpSync(fresh, folder, { recursive: true });
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  fs.rmSync(fresh, { recursive: true });
}
