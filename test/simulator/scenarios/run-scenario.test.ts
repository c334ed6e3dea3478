import { expect, it } from 'vitest';
import type { SynthesizedApp } from '../../../simulator/account/synthesized-app.ts';
import { EventNotMatched, runScenario } from '../../../simulator/scenarios/run-scenario.ts';
import { scenarios } from '../../../simulator/scenarios/scenarios.ts';

it('refuses an event that the rule would not match, and says how to start an execution with it', async () => {
  const [scenario] = scenarios;
  if (!scenario) throw new Error('There is no scenario.');
  const event = { detail: { 'instance-id': 'i-1234567890abcdef0' } };
  const refused = runScenario({ scenario, event, app: anApp });
  await expect(refused).rejects.toThrow(EventNotMatched);
  await expect(refused).rejects.toThrow('Give it as --input');
});

const anApp: SynthesizedApp = {
  stack: { name: 'SpotInterruptionHandler', description: undefined, parameters: [], outputs: [] },
  roleArn: 'arn:aws:iam::123456789012:role/spot-interruption',
  isTraced: true,
  stateMachineArn: 'arn:aws:states:us-east-2:123456789012:stateMachine:spot-interruption',
  definition: {},
  eventPatterns: [{ source: ['aws.ec2'] }],
  table: { tableName: 'interruptions', partitionKey: 'autoScalingGroupName', sortKey: 'instanceId' },
  functions: [],
};
