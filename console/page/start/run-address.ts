import type { JsonValue } from '../../../simulator/json.ts';
import { defaultSeed, defaultSpeed, type RunSettings } from '../../shared/run-settings.ts';

/**
 * What a run's address says after its `#`: scenario or world, seed and speed, the payload where it is not the sample event, and
 * the moment that is shown. All but the scenario or world may be missing. What is there is checked by whoever starts the run.
 */
export function addressOf(
  { scenario, world, seed, speed, event }: RunSettings,
  sampleEvent: string,
  atSeconds?: number,
): string {
  const parameters = new URLSearchParams(world ? { world: JSON.stringify(world) } : { scenario });
  parameters.set('seed', String(seed));
  parameters.set('speed', String(speed));
  if (JSON.stringify(event) !== JSON.stringify(JSON.parse(sampleEvent))) {
    parameters.set('event', JSON.stringify(event));
  }
  if (atSeconds !== undefined) parameters.set('at', String(Math.round(atSeconds * 10) / 10));
  return `#${parameters}`;
}

export interface AddressedRun {
  readonly scenario: string;
  /** JSON, or what was meant to be. Absent: the scenario is played. */
  readonly world?: string;
  readonly seed: string;
  readonly speed: string;
  /** JSON, or what was meant to be. */
  readonly event: string;
}

/** Undefined where the address names no run. */
export function runAt(hash: string, sampleEvent: string): AddressedRun | undefined {
  const parameters = parametersOf(hash);
  const world = parameters.get('world');
  const scenario = parameters.get('scenario');
  if (scenario === null && world === null) return undefined;
  return {
    scenario: scenario ?? '',
    ...(world !== null && { world: pretty(world) }),
    seed: parameters.get('seed') ?? String(defaultSeed),
    speed: parameters.get('speed') ?? String(defaultSpeed),
    event: parameters.has('event') ? pretty(parameters.get('event') ?? '') : sampleEvent,
  };
}

/** The moment that an address names, in seconds since the notice. */
export function momentAt(hash: string): number | undefined {
  const at = Number.parseFloat(parametersOf(hash).get('at') ?? '');
  return Number.isNaN(at) ? undefined : at;
}

/** The same address with another moment, or without. */
export function withMoment(hash: string, atSeconds: number | undefined): string {
  const parameters = parametersOf(hash);
  if (atSeconds === undefined) parameters.delete('at');
  else parameters.set('at', String(Math.round(atSeconds * 10) / 10));
  return parameters.size === 0 ? '#' : `#${parameters}`;
}

/** Whether an address names the same run as these settings. */
export function isSameRun(run: AddressedRun, settings: RunSettings, sampleEvent: string): boolean {
  const { world, ...played } = settings;
  const own = addressOf({ ...played, scenario: world ? '' : played.scenario }, sampleEvent);
  const addressed = addressOf(
    { scenario: run.world ? '' : run.scenario, ...numbersOf(run), event: json(run.event) },
    sampleEvent,
  );
  return own === addressed && JSON.stringify(json(run.world ?? 'null')) === JSON.stringify(world ?? null);
}

function parametersOf(hash: string): URLSearchParams {
  return new URLSearchParams(hash.replace(/^#/, ''));
}

function numbersOf({ seed, speed }: AddressedRun): Pick<RunSettings, 'seed' | 'speed'> {
  return { seed: Number(seed), speed: speed === 'max' ? 'max' : Number(speed) };
}

function json(text: string): JsonValue {
  try {
    const parsed: JsonValue = JSON.parse(text);
    return parsed;
  } catch {
    return null;
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
