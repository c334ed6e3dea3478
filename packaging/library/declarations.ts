import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor';
import { ApiPackage } from '@microsoft/api-extractor-model';

/** What the library declares. */
export interface Declarations {
  /** All of it in one file; what is not exported is not in it. */
  readonly file: string;
  /** The same with its docstrings, to make documents of. */
  readonly api: ApiPackage;
}

/**
 * Has the compiler write the declarations of infra/index.ts, and rolls them up into one file: the compiler's import each other
 * as `.ts`, which not every consumer can resolve.
 * @throws Error with all that is wrong, a docstring that cannot be parsed included.
 */
export function withDeclarations<T>(use: (declarations: Declarations) => T): T {
  // In the project, where the compiler finds the packages that they import.
  mkdirSync(join(projectFolder, 'out'), { recursive: true });
  const folder = mkdtempSync(join(projectFolder, 'out/declarations-'));
  try {
    compile(folder);
    return use(rollUp(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function compile(outDir: string): void {
  const compiler = join(projectFolder, 'node_modules/typescript/bin/tsc');
  const arguments_ = ['-p', join(import.meta.dirname, 'tsconfig.json'), '--outDir', outDir];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...arguments_], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The declarations do not compile:\n${stdout}`);
}

function rollUp(folder: string): Declarations {
  const file = join(folder, 'library.d.ts');
  const apiFile = join(folder, 'library.api.json');
  const problems: string[] = [];
  const { succeeded } = Extractor.invoke(ExtractorConfig.prepare({ ...configured(folder, file, apiFile) }), {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === ExtractorLogLevel.Error || message.logLevel === ExtractorLogLevel.Warning) {
        problems.push(message.formatMessageWithLocation(projectFolder));
      }
    },
  });
  if (!succeeded || problems.length > 0)
    throw new Error(['The declarations are not in order:', ...problems].join('\n'));
  return { file, api: ApiPackage.loadFromJsonFile(apiFile) };
}

function configured(folder: string, rollupFile: string, apiFile: string) {
  const configObject: IConfigFile = {
    projectFolder,
    mainEntryPointFilePath: join(folder, 'infra/index.d.ts'),
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          target: 'es2022',
          lib: ['es2022'],
          module: 'nodenext',
          types: [],
          strict: true,
          skipLibCheck: true,
          allowImportingTsExtensions: true,
          noEmit: true,
        },
        files: [join(folder, 'infra/index.d.ts')],
      },
    },
    apiReport: { enabled: false },
    docModel: { enabled: true, apiJsonFilePath: apiFile },
    dtsRollup: { enabled: true, untrimmedFilePath: rollupFile },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
      extractorMessageReporting: {
        default: { logLevel: ExtractorLogLevel.Error },
        // Nothing here is alpha or beta.
        'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
      },
      tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
    },
  };
  return { configObject, configObjectFullPath: undefined, packageJsonFullPath: join(projectFolder, 'package.json') };
}

const projectFolder = join(import.meta.dirname, '../..');
