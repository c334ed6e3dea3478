import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SpotInterruptionStack, type SpotInterruptionStackProps } from '../../infra/spot-interruption-stack.ts';
import { exampleStack, faultInjectionStack } from './example-stack.ts';
import { allowedTo, createValidatedApp, synthesize } from './synthesis.ts';

describe('cdk-nag (AwsSolutions) finds nothing that is not acknowledged', () => {
  beforeAll(() => {
    vi.spyOn(console, 'error').mockReturnValue();
  });
  afterAll(() => {
    vi.restoreAllMocks();
  });

  test.each<[string, SpotInterruptionStackProps]>([
    ['by default', {}],
    ['in a known account and region', { env: { account: '123456789012', region: 'eu-west-1' } }],
    ['with a group tag', { groupTag: { key: 'team', value: 'web' } }],
    ['with a topic of its own', { notifications: { emails: ['ops@example.com'], notify: 'all' } }],
    ['in a dry run', { dryRun: true }],
    ['with recommendations', { onRebalanceRecommendation: 'replace' }],
    ['with shutdown documents', { shutdownDocument: 'finish-jobs', shutdownDocuments: ['drain'] }],
    ['where instances are only detached', { leaveBy: 'detach' }],
    ['where instances serve on at MaxSize', { serveOnAtMaxSize: true }],
    ['where what is left behind is terminated', { terminateLeftBehindAfterMinutes: 10 }],
  ])('%s', (_, props) => {
    expect(findings(props)).toEqual([]);
  });
});

test("the examples pass CDK's own validation against CloudFormation's rules", () => {
  expect(() => App.of(exampleStack(createValidatedApp))?.synth()).not.toThrow();
  expect(() => App.of(faultInjectionStack({}, createValidatedApp))?.synth()).not.toThrow();
});

test('only Describe calls and X-Ray are allowed on every resource', () => {
  const template = synthesize({ notifications: { emails: ['ops@example.com'] } });
  const roles = ['DescribeInstance', 'CheckCapacity', 'SetDesiredCapacity', 'DetachInstances', 'Workflow'];
  const everywhere = roles
    .flatMap((role) => allowedTo(template, `${role}Role`))
    .filter((line) => line.endsWith(' on *'));
  const services = new Set(everywhere.map((line) => line.replace(/^(\w+:Describe|xray:)\w* on \*$/, '$1')));
  expect([...services].sort()).toEqual(['autoscaling:Describe', 'elasticloadbalancing:Describe', 'xray:']);
});

test('no action has a wildcard', () => {
  const template = synthesize({ notifications: { emails: ['ops@example.com'] } });
  const policies = { ...template.findResources('AWS::IAM::Policy'), ...template.findResources('AWS::IAM::Role') };
  expect(JSON.stringify(policies)).not.toMatch(/"\w+:\w*\*"/);
});

/** The rules that were broken, as the synthesis reports them. */
function findings(props: SpotInterruptionStackProps): string[] {
  const app = createValidatedApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new SpotInterruptionStack(app, 'Stack', props);
  try {
    app.synth();
  } catch (error) {
    if (!String(error).includes('Validation failed')) throw error;
  }
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8'));
  return report.pluginReports.flatMap((plugin: { violations: { ruleName: string }[] }) =>
    plugin.violations.map(({ ruleName }) => ruleName),
  );
}
