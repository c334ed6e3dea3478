import { recordRun } from '../../console/server/run-recorder.ts';
import type { RunUpdate } from '../../console/shared/run-update.ts';
import { withSynthesizedApp } from '../../simulator/account/synthesize.ts';
import { readEvent } from '../../simulator/scenarios/event-file.ts';
import { runScenario } from '../../simulator/scenarios/run-scenario.ts';
import { scenarioNamed } from '../../simulator/scenarios/scenarios.ts';

/** A scenario's run as the console is told of it. */
export async function recordedRun(name: string): Promise<{ readonly updates: readonly RunUpdate[] }> {
  const scenario = scenarioNamed(name);
  const event = readEvent('events/spot-interruption.json');
  const updates: RunUpdate[] = [
    { kind: 'requested', id: '1', settings: { scenario: name, event, seed: 1, speed: 'max' } },
  ];
  await withSynthesizedApp({}, async (app) => {
    const recording = recordRun({ scenario, byHand: false }, (update) => updates.push(update));
    recording.ended(await runScenario({ scenario, event, app, seed: 1, observer: recording.observer }));
  });
  return { updates };
}
