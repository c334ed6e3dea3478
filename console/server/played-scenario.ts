import { type Scenario, scenarioNamed } from '../../simulator/scenarios/scenarios.ts';
import { scenarioOf } from '../../simulator/scenarios/world-file.ts';
import type { RunSettings } from '../shared/run-settings.ts';

/** The group and its notices that the settings name or describe. */
export function playedScenario({ scenario, world }: Pick<RunSettings, 'scenario' | 'world'>): Scenario {
  return world ? scenarioOf(world) : scenarioNamed(scenario);
}
