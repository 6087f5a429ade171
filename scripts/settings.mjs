// `npm run settings` writes scripts/settings: what scripts/prepare.mjs runs on a fresh clone, where no package is
// installed, made of the compiled sources; and .env.example. With `--check` it only says whether those files are fresh.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { envExample } from './env-example.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const entries = {
  'check-settings': 'apps/standalone/src/check-settings',
  'tool-check': 'libs/audio/src/ffmpeg/tool-check',
};

/** Makes one file of each entry, and one of what both use. A package outside Node fails the build. */
async function bundledFiles() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, module]) => [name, `dist/${module}.js`])),
    outdir: 'scripts/settings',
    ...{ bundle: true, splitting: true, chunkNames: 'shared', treeShaking: true },
    ...{ format: 'esm', platform: 'neutral', external: ['node:*'], write: false, logLevel: 'error' },
  });
  return outputFiles.map(({ path: file, text }) => {
    const source = entries[path.basename(file, '.js')];
    const change = source === undefined ? 'what the files beside it share' : `${source}.ts: change that one`;
    return { file, text: `// Written by \`npm run settings\` from ${change}.\n${text}` };
  });
}

const { variables } = await import(pathToFileURL(path.join(root, 'dist/libs/config/src/variables.js')).href);
const files = [...(await bundledFiles()), { file: path.join(root, '.env.example'), text: envExample(variables) }];
const read = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '');

if (process.argv.includes('--check')) {
  const stale = files.filter(({ file, text }) => read(file) !== text);
  for (const { file } of stale) console.error(`${path.relative(root, file)} is stale: npm run settings`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  fs.rmSync(path.join(root, 'scripts/settings'), { recursive: true, force: true });
  for (const { file, text } of files) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}
