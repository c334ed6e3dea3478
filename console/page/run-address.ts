import type { JsonValue } from '../../simulator/json.ts';
import { defaultSeed, defaultSpeed, type RunSettings } from '../shared/run-settings.ts';

/**
 * What a run's address says after its `#`: scenario, seed and speed, and the payload where it is not the sample event. All
 * but the scenario may be missing. What is there is checked by whoever starts the run.
 */
export function addressOf({ scenario, seed, speed, event }: RunSettings, sampleEvent: string): string {
  const parameters = new URLSearchParams({ scenario, seed: String(seed), speed: String(speed) });
  if (JSON.stringify(event) !== JSON.stringify(JSON.parse(sampleEvent))) {
    parameters.set('event', JSON.stringify(event));
  }
  return `#${parameters}`;
}

export interface AddressedRun {
  readonly scenario: string;
  readonly seed: string;
  readonly speed: string;
  /** JSON, or what was meant to be. */
  readonly event: string;
}

/** Undefined where the address names no run. */
export function runAt(hash: string, sampleEvent: string): AddressedRun | undefined {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const scenario = parameters.get('scenario');
  if (scenario === null) return undefined;
  return {
    scenario,
    seed: parameters.get('seed') ?? String(defaultSeed),
    speed: parameters.get('speed') ?? String(defaultSpeed),
    event: parameters.has('event') ? pretty(parameters.get('event') ?? '') : sampleEvent,
  };
}

/** Whether an address names the same run as these settings. */
export function isSameRun(run: AddressedRun, settings: RunSettings, sampleEvent: string): boolean {
  return (
    addressOf(settings, sampleEvent) === addressOf({ ...run, ...numbersOf(run), event: eventOf(run) }, sampleEvent)
  );
}

function numbersOf({ seed, speed }: AddressedRun): Pick<RunSettings, 'seed' | 'speed'> {
  return { seed: Number(seed), speed: speed === 'max' ? 'max' : Number(speed) };
}

function eventOf({ event }: AddressedRun): JsonValue {
  try {
    const parsed: JsonValue = JSON.parse(event);
    return parsed;
  } catch {
    return null;
  }
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
