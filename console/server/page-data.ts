import { readFileSync } from 'node:fs';
import type { SynthesizedApp } from '../../simulator/account/synthesized-app.ts';
import { type Notice, scenarios } from '../../simulator/scenarios/scenarios.ts';
import type { PageData } from '../shared/workflow-graph.ts';
import { layOut } from './graph-layout.ts';

const sampleEventFile = new URL('../../events/spot-interruption.json', import.meta.url);

/** What the page shows before any run. */
export async function pageData({ definition }: Pick<SynthesizedApp, 'definition'>): Promise<PageData> {
  return {
    graph: await layOut(definition),
    scenarios: scenarios.map(({ name, shows, notices }) => ({ name, shows, interrupted: interruptedIn(notices) })),
    sampleEvent: readFileSync(sampleEventFile, 'utf8').trimEnd(),
  };
}

function interruptedIn(notices: readonly Notice[]): number {
  return new Set(notices.map(({ instance }) => instance)).size;
}
