import { join, relative } from 'node:path';
import { styleText } from 'node:util';
import { writeReport } from '../console/server/report.ts';
import { observers, recordRun } from '../console/server/run-recorder.ts';
import { defaultSeed, defaultSpeed, type RunSettings } from '../console/shared/run-settings.ts';
import type { RunUpdate } from '../console/shared/run-update.ts';
import { SynthesisFailed, withSynthesizedApp } from '../simulator/account/synthesize.ts';
import type { SynthesizedApp } from '../simulator/account/synthesized-app.ts';
import type { JsonValue } from '../simulator/json.ts';
import { judge } from '../simulator/judging/judge.ts';
import { readEvent, UnreadableEvent } from '../simulator/scenarios/event-file.ts';
import { EventNotMatched, runScenario } from '../simulator/scenarios/run-scenario.ts';
import { contextOf, scenarios, UnknownScenario } from '../simulator/scenarios/scenarios.ts';
import { summarize } from '../simulator/scenarios/summary.ts';
import { parseStartArguments, type StartOptions, UsageError } from './command-line.ts';
import { progress } from './terminal/progress.ts';
import { report, violationLines } from './terminal/report.ts';

const help = `Plays a Spot interruption on this computer: synthesizes the app, runs it against local AWS, and judges the result.

npm start -- [options]
  --scenario NAME  which group, and what happens to it (default single; see --list)
  --world FILE     a group of your own instead, as JSON: docs/console.md describes it, and the console saves it
  --event FILE     the EventBridge event to put (default events/spot-interruption.json)
  --input FILE     starts the executions by hand with this input instead, as StartExecution does
  --speed N        virtual seconds per real second (default 20; with --json: as fast as possible)
  --json           prints nothing but a JSON summary, at the end
  --list           lists the scenarios
  --help           this

It also writes out/SCENARIO.html: the execution graph and the group over time, to look at in a browser.

Exit code 0: no guarantee was broken. 1: one was broken, and standard error says which. 2: it could not be run.`;

const reportFolder = join(import.meta.dirname, '../out');

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseStartArguments(args);
    if (options.help) return print(help);
    if (options.list) return print(scenarioList());
    return await play(options);
  } catch (error) {
    const isExpected = [UsageError, UnknownScenario, UnreadableEvent, EventNotMatched, SynthesisFailed].some(
      (expected) => error instanceof expected,
    );
    console.error(isExpected && error instanceof Error ? error.message : error);
    return 2;
  }
}

async function play(options: StartOptions): Promise<number> {
  const { scenario, eventPath, json } = options;
  const event = readEvent(eventPath);
  if (!json) print(`${styleText('bold', scenario.name)}: ${scenario.shows}\nSynthesizing …`);
  const { run, reportPath } = await withSynthesizedApp(contextOf(scenario), (app) => playIn(app, options, event));
  const summary = summarize(scenario.name, run);
  const verdicts = judge(run.log);
  print(json ? JSON.stringify(summary, null, 2) : report(summary, run, verdicts));
  if (!json) print(`The execution graph and the group over time: ${relative(process.cwd(), reportPath)}`);
  const violations = violationLines(verdicts);
  for (const violation of violations) console.error(violation);
  return violations.length === 0 ? 0 : 1;
}

/** Plays the scenario, and writes it down as a page. */
async function playIn(app: SynthesizedApp, { scenario, world, byHand, json, speed }: StartOptions, event: JsonValue) {
  const pace: RunSettings['speed'] = speed ?? (json ? 'max' : defaultSpeed);
  const settings = { scenario: scenario.name, ...(world && { world }), event, seed: defaultSeed, speed: pace };
  const updates: RunUpdate[] = [{ kind: 'requested', id: scenario.name, settings }];
  const recording = recordRun({ scenario, byHand }, (update) => updates.push(update));
  const run = await runScenario({
    scenario,
    event,
    byHand,
    app,
    seed: defaultSeed,
    ...(pace !== 'max' && { speed: pace }),
    observer: json
      ? recording.observer
      : observers(progress(process.stdout, scenario.notices.length), recording.observer),
  });
  recording.ended(run);
  const reportPath = join(reportFolder, `${scenario.name}.html`);
  await writeReport({ app, updates }, reportPath);
  return { run, reportPath };
}

function scenarioList(): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return scenarios.map(({ name, shows }) => `${name.padEnd(width)}  ${shows}`).join('\n');
}

function print(text: string): 0 {
  console.log(text);
  return 0;
}
