import path from 'node:path';

/**
 * Compiles TypeScript sources to ES modules in dist/, without types: in a fifth of the time of the whole compiler, and in
 * half of what `transpileModule` takes for each. The result is the same, because no source knows the others
 * (`isolatedModules` in tsconfig.json).
 *
 * @param onDone is called after each source
 */
export async function transpile(root, sources, onDone) {
  const { default: ts } = await import('typescript');
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file));
  const { options: given } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const options = {
    ...given,
    // Every file is an ES module (package.json). `nodenext` would look that up on the disk.
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    ...{ noCheck: true, noResolve: true, noLib: true, lib: undefined, types: [] },
    ...{ incremental: false, tsBuildInfoFile: undefined },
  };
  const host = {
    ...ts.createCompilerHost(options),
    resolveModuleNameLiterals: (names) => names.map(() => ({ resolvedModule: undefined })),
  };
  const rootNames = sources.map((source) => path.join(root, source));
  const program = ts.createProgram({ rootNames, options, host });
  const wrong = program.getSyntacticDiagnostics();
  if (wrong.length > 0) {
    const format = { getCurrentDirectory: () => root, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
    throw new Error(`The build failed:\n${ts.formatDiagnostics(wrong, format).trimEnd()}`);
  }
  for (const name of rootNames) {
    program.emit(program.getSourceFile(name));
    onDone();
  }
}
