import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All tests' temporary files in one folder, removed at the end: CDK alone leaves a folder for each app that is synthesized. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'spot-interruption-tests-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
