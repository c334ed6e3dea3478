import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.ts';

/** The ways in which an app is written. */
export const languages = ['ES modules', 'CommonJS', 'TypeScript, ES modules', 'TypeScript, CommonJS'] as const;
export type Language = (typeof languages)[number];

/** A fresh project that has nothing but the packages it depends on. */
export class Consumer {
  readonly #folder: string;

  constructor(folder: string, packages: readonly string[]) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    run('npm', ['init', '--yes'], { cwd: folder });
    run('npm', ['install', '--no-audit', '--no-fund', '--save-exact', ...packages], { cwd: folder });
  }

  /**
   * Synthesizes an app.
   * @param source in ES modules, without types.
   * @param context CDK's.
   * @returns the template of the stack.
   */
  synthesize(language: Language, source: string, stack: string, context: unknown): unknown {
    const { file, text, compiled } = written(language, source);
    writeFileSync(join(this.#folder, file), text);
    if (compiled !== undefined) this.#compile(file);
    const name = (compiled ?? file).replace('.', '-');
    return synthesizedTemplate(this.#folder, compiled ?? file, name, stack, context);
  }

  /** Strictly, the package's declarations included. */
  #compile(file: string): void {
    const strictly = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2022'];
    run('npx', ['tsc', ...strictly, '--types', 'node', '--skipLibCheck', file], { cwd: this.#folder });
  }
}

/** Runs an app as the CDK CLI does. @returns the template of the stack. */
export function synthesizedTemplate(cwd: string, file: string, name: string, stack: string, context: unknown): unknown {
  const outputFolder = join(cwd, 'out', name);
  run(process.execPath, [file], {
    cwd,
    environment: {
      CDK_OUTDIR: outputFolder,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_VALIDATION: 'false',
    },
  });
  return JSON.parse(readFileSync(join(outputFolder, `${stack}.template.json`), 'utf8'));
}

function written(language: Language, source: string): { file: string; text: string; compiled?: string } {
  switch (language) {
    case 'ES modules':
      return { file: 'app.mjs', text: source };
    case 'CommonJS':
      return {
        file: 'app.cjs',
        text: source.replaceAll(/^import (\{.*?\}) from ('.*?');$/gm, 'const $1 = require($2);'),
      };
    case 'TypeScript, ES modules':
      return { file: 'typed.mts', text: source, compiled: 'typed.mjs' };
    case 'TypeScript, CommonJS':
      return { file: 'typed.cts', text: source, compiled: 'typed.cjs' };
  }
}
