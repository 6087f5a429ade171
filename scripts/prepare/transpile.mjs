import fs from 'node:fs';
import path from 'node:path';

/**
 * Compiles TypeScript files one at a time to ES modules, without types, in a fifth of the time of the whole compiler.
 * `isolatedModules` in tsconfig.json makes sure that the result is the same.
 *
 * @returns a function that compiles a source of this clone to a target file, and copies one that is JSON
 */
export async function transpiler(root) {
  const { default: ts } = await import('typescript');
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const compilerOptions = {
    ...options,
    // Every file is an ES module (package.json). `nodenext` would look that up on the disk.
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    ...{ incremental: false, tsBuildInfoFile: undefined, outDir: undefined, rootDir: undefined },
  };
  return (source, target) => {
    const fileName = path.join(root, source);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    if (source.endsWith('.json')) return fs.copyFileSync(fileName, target);
    const text = fs.readFileSync(fileName, 'utf8');
    const result = ts.transpileModule(text, { fileName, compilerOptions, reportDiagnostics: true });
    if (result.diagnostics.length > 0) {
      const host = { getCurrentDirectory: () => root, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
      throw new Error(`The build failed:\n${ts.formatDiagnostics(result.diagnostics, host).trimEnd()}`);
    }
    fs.writeFileSync(target, result.outputText);
    if (result.sourceMapText === undefined) return;
    const map = { ...JSON.parse(result.sourceMapText), sources: [path.relative(path.dirname(target), fileName)] };
    fs.writeFileSync(`${target}.map`, JSON.stringify(map));
  };
}
