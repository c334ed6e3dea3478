import { isJsonObject, type JsonValue } from '../../simulator/json.ts';
import { InvalidWorld, parseWorld, type World } from '../../simulator/scenarios/world-file.ts';

/** What a run is a function of. */
export interface RunSettings {
  /** The scenario's name, or that of the world. */
  readonly scenario: string;
  /** A group of one's own in place of a scenario. */
  readonly world?: World;
  /** The payload: the event of each notice, with the instance's id adjusted. */
  readonly event: JsonValue;
  /** Whole, from 0. */
  readonly seed: number;
  /** Virtual seconds per real second; `max`: as fast as possible. */
  readonly speed: number | 'max';
}

export const defaultSeed = 1;
export const defaultSpeed = 20;

/** What was given cannot be run: the message says why. */
export class InvalidRunSettings extends Error {}

/** @throws InvalidRunSettings */
export function parseRunSettings(given: unknown, scenarioNames: readonly string[]): RunSettings {
  if (!isJsonObject(given)) throw new InvalidRunSettings('Run settings have to be a JSON object.');
  const { event, seed = defaultSeed, speed = defaultSpeed } = given;
  if (event === undefined) throw new InvalidRunSettings('The payload, "event", is missing.');
  return { ...parsePlayed(given, scenarioNames), event, seed: parseSeed(seed), speed: parseSpeed(speed) };
}

/** @throws InvalidRunSettings */
export function parsePlayed(
  { scenario, world }: { readonly scenario?: unknown; readonly world?: unknown },
  scenarioNames: readonly string[],
): Pick<RunSettings, 'scenario' | 'world'> {
  if (world !== undefined) return parseOwnGroup(world);
  if (typeof scenario !== 'string' || !scenarioNames.includes(scenario)) {
    throw new InvalidRunSettings(
      `There is no scenario ${JSON.stringify(scenario)}. There are: ${scenarioNames.join(', ')}.`,
    );
  }
  return { scenario };
}

function parseOwnGroup(json: unknown): Pick<RunSettings, 'scenario' | 'world'> {
  try {
    const world = parseWorld(json);
    return { scenario: world.name, world };
  } catch (error) {
    throw error instanceof InvalidWorld ? new InvalidRunSettings(error.message) : error;
  }
}

/** @throws InvalidRunSettings */
export function parseSeed(given: unknown): number {
  const seed = numberOf(given);
  if (Number.isInteger(seed) && seed >= 0 && seed <= 0xffff_ffff) return seed;
  throw new InvalidRunSettings(`The seed is ${JSON.stringify(given)}, but has to be a whole number, 0 or greater.`);
}

/** @throws InvalidRunSettings */
function parseSpeed(given: unknown): number | 'max' {
  if (given === 'max') return 'max';
  const speed = numberOf(given);
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new InvalidRunSettings(
    `The speed is ${JSON.stringify(given)}, but has to be a number greater than 0, or "max".`,
  );
}

/** Of a number, or of one that is written out. */
function numberOf(given: unknown): number {
  if (typeof given === 'string' && given.trim() !== '') return Number(given);
  return typeof given === 'number' ? given : Number.NaN;
}
