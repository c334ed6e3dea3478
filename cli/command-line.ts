import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultScenario, type Scenario, scenarioNamed } from '../simulator/scenarios/scenarios.ts';
import { InvalidWorld, parseWorld, scenarioOf, type World } from '../simulator/scenarios/world-file.ts';

/** What was asked for cannot be done: the message says why, and what can. Exit code 2. */
export class UsageError extends Error {}

export interface StartOptions {
  readonly scenario: Scenario;
  /** The scenario is this one, from a file. */
  readonly world?: World;
  readonly eventPath: string;
  /** The file was given as `--input`: an execution's input rather than an event for the rule. */
  readonly byHand: boolean;
  /** Absent: the default. */
  readonly speed?: number;
  readonly json: boolean;
  readonly list: boolean;
  readonly help: boolean;
}

const sampleEvent = join(import.meta.dirname, '../events/spot-interruption.json');

export interface ServeOptions {
  readonly scenario: Scenario;
  readonly port: number;
  readonly help: boolean;
}

/** @throws UsageError, UnknownScenario */
export function parseStartArguments(args: readonly string[]): StartOptions {
  const values = parse(args, {
    scenario: { type: 'string' },
    world: { type: 'string' },
    event: { type: 'string' },
    input: { type: 'string' },
    speed: { type: 'string' },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  const { event, input, speed, json, list, help } = values;
  if (event !== undefined && input !== undefined) throw new UsageError('Give either --event or --input, not both.');
  return {
    ...played(values),
    eventPath: String(event ?? input ?? sampleEvent),
    byHand: input !== undefined,
    ...(typeof speed === 'string' && { speed: positiveNumber('--speed', speed) }),
    json: json === true,
    list: list === true,
    help: help === true,
  };
}

function played({ scenario, world: path }: Record<string, unknown>): Pick<StartOptions, 'scenario' | 'world'> {
  if (typeof path !== 'string') return { scenario: scenarioNamed(String(scenario ?? defaultScenario)) };
  if (scenario !== undefined) throw new UsageError('Give either --scenario or --world, not both.');
  const world = readWorld(path);
  return { scenario: scenarioOf(world), world };
}

/** @throws UsageError that names the file and what is wrong with it. */
function readWorld(path: string): World {
  try {
    return parseWorld(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(error instanceof InvalidWorld ? `${path}: ${reason}` : `${path} cannot be read: ${reason}`);
  }
}

/** @throws UsageError */
export function parseServeArguments(args: readonly string[]): ServeOptions {
  const values = parse(args, {
    port: { type: 'string', default: '4599' },
    scenario: { type: 'string', default: defaultScenario },
    help: { type: 'boolean', default: false },
  });
  return {
    scenario: scenarioNamed(String(values.scenario)),
    port: portNumber(String(values.port)),
    help: values.help === true,
  };
}

interface Option {
  readonly type: 'string' | 'boolean';
  readonly default?: string | boolean;
}

function parse(args: readonly string[], options: Record<string, Option>): Record<string, string | boolean | undefined> {
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false });
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
    );
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function positiveNumber(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`${option} is "${text}", but has to be a number greater than 0.`);
}

function portNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new UsageError(`--port is "${text}", but has to be a whole number from 0 (any free port) to 65535.`);
}
