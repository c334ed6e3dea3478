import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FunctionName, functionNames } from '../../functions/shared/contract.ts';
import { median } from '../measures/order-statistics.ts';
import { bundled, bundledPlainly, servicesOf } from './bundles.ts';

interface ColdStart {
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
  /** From starting the process to the function being loaded: how long the process takes to end is no part of a start. */
  readonly processMilliseconds: number;
  /** Of that: the import of the function, its clients made. */
  readonly loadMilliseconds: number;
  /** User and system CPU time of the load, all threads: what a fraction of a CPU, as Lambda gives it, has to work off. */
  readonly loadCpuMilliseconds: number;
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
    const python = pythonInterpreter();
    const functions = functionNames.map((name) => {
      const result = measureFunction(name, folder, processes, python);
      onFunction(name);
      return result;
    });
    return {
      processes,
      functions,
      emptyMilliseconds: {
        node: medianOf(processes, () => loadByNode([])).processMilliseconds,
        ...(python && { python: medianOf(processes, () => loadByPython(python, [])).processMilliseconds }),
      },
      builtInsMilliseconds: medianOf(processes, () => loadByNode(['node:https', 'node:crypto'])).loadMilliseconds,
      ...(python === undefined && { pythonSkipped: 'there is no python3 with boto3 on this machine' }),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measureFunction(name: FunctionName, folder: string, processes: number, python: string | undefined): ColdStart {
  const files = { ours: bundled(name, folder), plain: bundledPlainly(name, folder) };
  const runs = Array.from({ length: processes }, () => ({
    ours: loadByNode([files.ours]),
    plain: loadByNode([files.plain]),
    python: python === undefined ? undefined : loadByPython(python, servicesOf[name]),
  }));
  const pythonRuns = runs.map((run) => run.python).filter((one) => one !== undefined);
  return {
    functionName: name,
    ours: { kilobytes: kilobytes(files.ours), ...medians(runs.map((run) => run.ours)) },
    plain: { kilobytes: kilobytes(files.plain), ...medians(runs.map((run) => run.plain)) },
    ...(pythonRuns.length > 0 && { python: medians(pythonRuns) }),
  };
}

type Times = Omit<Load, 'kilobytes'>;

/**
 * Requires the modules, as Lambda's runtime does with an `index.cjs`. They are arguments, since Node.js loads `crypto` ahead
 * of an evaluated script that has the word in it.
 */
function loadByNode(modules: readonly string[]): Times {
  const script = `
    const { writeSync } = require('node:fs');
    const begun = performance.now();
    const cpuBefore = process.cpuUsage();
    for (const module of process.argv.slice(1)) require(module);
    const loaded = performance.now();
    const { user, system } = process.cpuUsage(cpuBefore);
    writeSync(1, [performance.timeOrigin + loaded, loaded - begun, (user + system) / 1000].join());`;
  return timed(process.execPath, ['-e', script, ...modules]);
}

/** No services: no boto3 either, for the time that Python itself takes. */
function loadByPython(interpreter: string, services: readonly string[]): Times {
  const script = `
import time
begun, cpu_before = time.perf_counter(), time.process_time()
${services.length > 0 ? 'import python_handler' : ''}
loaded, cpu = time.perf_counter() - begun, time.process_time() - cpu_before
print(time.time() * 1000, loaded * 1000, cpu * 1000, sep=',')`;
  return timed(interpreter, ['-c', script], { SERVICES: services.join(','), PYTHONPATH: import.meta.dirname });
}

/**
 * What Lambda sets, and what the handlers need to be loaded at all. Nothing else, since this machine's environment may
 * slow a runtime down: NODE_EXTRA_CA_CERTS, for instance, has Node.js parse a file of certificates.
 */
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  LANG: 'en_US.UTF-8',
  PATH: '/usr/local/bin:/usr/bin:/bin',
  // On Lambda the function's folder is read-only; boto3's own files are compiled already.
  PYTHONDONTWRITEBYTECODE: '1',
  TABLE_NAME: 'table',
  MIN_SERVING: '100%',
  POLL_SECONDS: '4',
  DRAIN_SECONDS: '30',
  SERVICE_NAME: 'handler',
};

/** The command writes when it was done (milliseconds since the epoch), the load's milliseconds, and its CPU's. */
function timed(command: string, args: readonly string[], variables: Readonly<Record<string, string>> = {}): Times {
  const begun = performance.timeOrigin + performance.now();
  const output = execFileSync(command, args, {
    env: { ...environment, ...variables },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [loadedAt = Number.NaN, loadMilliseconds = Number.NaN, loadCpuMilliseconds = Number.NaN] = output
    .split(',')
    .map(Number);
  return { processMilliseconds: loadedAt - begun, loadMilliseconds, loadCpuMilliseconds };
}

function medianOf(processes: number, run: () => Times): Times {
  return medians(Array.from({ length: processes }, run));
}

function medians(times: readonly Times[]): Times {
  return {
    processMilliseconds: median(times.map((one) => one.processMilliseconds)) ?? Number.NaN,
    loadMilliseconds: median(times.map((one) => one.loadMilliseconds)) ?? Number.NaN,
    loadCpuMilliseconds: median(times.map((one) => one.loadCpuMilliseconds)) ?? Number.NaN,
  };
}

function kilobytes(file: string): number {
  return statSync(file).size / 1000;
}

/** The interpreter itself, since a `python3` that a version manager put into PATH is a shell script. Undefined: no boto3. */
function pythonInterpreter(): string | undefined {
  try {
    const script = 'import boto3, sys; print(sys.executable)';
    return execFileSync('python3', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
