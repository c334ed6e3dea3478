import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionName } from '../../functions/shared/contract.ts';
import { median } from '../measures/order-statistics.ts';
import { bundled, bundledPlainly, functionNames, servicesOf } from './bundles.ts';

export interface ColdStart {
  readonly functionName: FunctionName;
  readonly ours: Load;
  /** Bundled without our measures. */
  readonly plain: Load;
  /** Absent where there is no python3 with boto3. */
  readonly python?: Omit<Load, 'kilobytes'>;
}

/** Medians over fresh processes. */
export interface Load {
  readonly kilobytes: number;
  /** From starting the process to its end. */
  readonly processMilliseconds: number;
  /** Of that: the import of the function, its clients made. */
  readonly loadMilliseconds: number;
}

export interface ColdStarts {
  readonly processes: number;
  readonly functions: readonly ColdStart[];
  /** A process of each runtime that loads nothing, for comparison. */
  readonly emptyMilliseconds: { readonly node: number; readonly python?: number };
  /** What it takes Node.js alone to load the modules of its own that any HTTPS client needs. */
  readonly builtInsMilliseconds: number;
  /** Why there are no figures for Python. */
  readonly pythonSkipped?: string;
}

/**
 * Loads each function in fresh processes, each variant in turn, so that whatever else the machine does meets all of them
 * alike. `onFunction`: called after each function.
 */
export function measureColdStarts(processes: number, onFunction: (name: string) => void): ColdStarts {
  const folder = mkdtempSync(join(tmpdir(), 'cold-start-'));
  try {
    const pythonSkipped = reasonToSkipPython();
    const functions = functionNames.map((name) => {
      const result = measureFunction(name, folder, processes, pythonSkipped === undefined);
      onFunction(name);
      return result;
    });
    return {
      processes,
      functions,
      emptyMilliseconds: {
        node: medianOf(processes, () => timed(process.execPath, ['-e', '0'])).processMilliseconds,
        ...(pythonSkipped === undefined && {
          python: medianOf(processes, () => timed('python3', ['-c', '0'])).processMilliseconds,
        }),
      },
      builtInsMilliseconds: medianOf(processes, loadBuiltIns).loadMilliseconds,
      ...(pythonSkipped !== undefined && { pythonSkipped }),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measureFunction(name: FunctionName, folder: string, processes: number, withPython: boolean): ColdStart {
  const files = { ours: bundled(name, folder), plain: bundledPlainly(name, folder) };
  const runs = Array.from({ length: processes }, () => ({
    ours: loadByNode(files.ours),
    plain: loadByNode(files.plain),
    python: withPython ? loadByPython(servicesOf[name]) : undefined,
  }));
  const python = runs.map((run) => run.python).filter((one) => one !== undefined);
  return {
    functionName: name,
    ours: { kilobytes: kilobytes(files.ours), ...medians(runs.map((run) => run.ours)) },
    plain: { kilobytes: kilobytes(files.plain), ...medians(runs.map((run) => run.plain)) },
    ...(python.length > 0 && { python: medians(python) }),
  };
}

type Times = Omit<Load, 'kilobytes'>;

function loadByNode(file: string): Times {
  return importByNode([pathToFileURL(file).href]);
}

function loadBuiltIns(): Times {
  return importByNode(['node:https', 'node:crypto']);
}

function importByNode(modules: readonly string[]): Times {
  const imports = modules.map((one) => `import(${JSON.stringify(one)})`).join(', ');
  const script = `
    const begun = performance.now();
    Promise.all([${imports}]).then(() => console.log(performance.now() - begun));`;
  return timed(process.execPath, ['-e', script]);
}

function loadByPython(services: readonly string[]): Times {
  const script =
    'import time; begun = time.perf_counter(); import python_handler; print((time.perf_counter() - begun) * 1000)';
  return timed('python3', ['-c', script], { SERVICES: services.join(','), PYTHONPATH: import.meta.dirname });
}

/** What Lambda sets, and what the handlers need to be loaded at all. */
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  TABLE_NAME: 'table',
  MIN_SERVING_PEERS: '1',
  POLL_SECONDS: '4',
  DRAIN_SECONDS: '30',
};

function timed(command: string, args: readonly string[], variables: Readonly<Record<string, string>> = {}): Times {
  const begun = performance.now();
  const output = execFileSync(command, args, {
    env: { ...process.env, ...environment, ...variables },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { processMilliseconds: performance.now() - begun, loadMilliseconds: Number(output) };
}

function medianOf(processes: number, run: () => Times): Times {
  return medians(Array.from({ length: processes }, run));
}

function medians(times: readonly Times[]): Times {
  return {
    processMilliseconds: median(times.map((one) => one.processMilliseconds)) ?? Number.NaN,
    loadMilliseconds: median(times.map((one) => one.loadMilliseconds)) ?? Number.NaN,
  };
}

function kilobytes(file: string): number {
  return statSync(file).size / 1000;
}

function reasonToSkipPython(): string | undefined {
  try {
    execFileSync('python3', ['-c', 'import boto3'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'there is no python3 with boto3 on this machine';
  }
}
