import fs from 'node:fs';
import path from 'node:path';

const head = `The console of Timbre contains code of the following packages.
Its icons are from Lucide (ISC): https://lucide.dev/license
`;

/** Returns the folder of the package that a module is part of; undefined for the console's own modules. */
function packageOf(module) {
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(module.replaceAll('\\', '/'))?.[0];
}

function textsOf(folder) {
  const names = fs.readdirSync(folder).filter((name) => /^(licen[cs]e|notice)/i.test(name));
  return names.sort().map((name) => fs.readFileSync(path.join(folder, name), 'utf8').trim());
}

/**
 * Returns the licences of the packages in a build, for people who get the console and not the packages.
 *
 * @param output what Vite has built
 */
export function licencesOf(root, output) {
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
  const folders = new Set(modules.map(packageOf).filter((folder) => folder !== undefined && fs.existsSync(folder)));
  const parts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    return [`${name} ${version} (${license})`, ...textsOf(folder)].join('\n\n');
  });
  return [head, ...parts.sort()].join(`\n${'-'.repeat(80)}\n\n`);
}
