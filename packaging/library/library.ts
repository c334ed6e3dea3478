import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Writes the library as one CommonJS file, for apps in CommonJS and, by its named exports, in ES modules. One file, since in two
 * formats it would be loaded twice, with classes that are not `instanceof` each other.
 * @returns the packages that the file requires.
 * @throws esbuild's BuildFailure, which names file and line.
 */
export async function writeLibrary(outfile: string): Promise<readonly string[]> {
  const { metafile } = await build({
    entryPoints: [join(projectFolder, 'infra/index.ts')],
    outfile,
    absWorkingDir: projectFolder,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    // CommonJS has no import.meta.
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [
      {
        name: 'packaged function code',
        setup({ onResolve }) {
          onResolve({ filter: /\/function-code\.ts$/ }, () => ({ path: packagedFunctionCode }));
          // What is shared with the functions imports clients that only they use.
          onResolve({ filter: /^@aws-sdk\// }, ({ path }) => ({ path, external: true, sideEffects: false }));
        },
      },
    ],
    logLevel: 'warning',
    metafile: true,
  });
  const required = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return [...new Set(required)].sort();
}

const packagedFunctionCode = join(import.meta.dirname, 'packaged-function-code.ts');
const projectFolder = join(import.meta.dirname, '../..');
