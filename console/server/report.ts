import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { SynthesizedApp } from '../../simulator/account/synthesized-app.ts';
import type { RunUpdate } from '../shared/run-update.ts';
import { pageData } from './page-data.ts';
import { bundlePage, pageDocument } from './page-document.ts';

/** A run that has ended: the app that was run, and all of the run's updates. */
export interface FinishedRun {
  readonly app: SynthesizedApp;
  readonly updates: readonly RunUpdate[];
}

/** Writes the console's page with a finished run in it: one file, which needs no server and loads nothing. */
export async function writeReport({ app, updates }: FinishedRun, file: string): Promise<void> {
  const [bundle, data] = await Promise.all([bundlePage(), pageData(app)]);
  const recordedRun = gzipSync(JSON.stringify(updates)).toString('base64');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, pageDocument(bundle, { ...data, recordedRun }));
}
