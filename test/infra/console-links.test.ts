import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import type { SpotInterruptionStackProps } from '../../infra/spot-interruption-stack.ts';
import { synthesize } from './synthesis.ts';

const notifications = { emails: ['ops@example.com'] };

describe.each([
  ['aws', 'eu-west-1', 'https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1'],
  [
    'aws-us-gov',
    'us-gov-east-1',
    'https://us-gov-east-1.console.amazonaws-us-gov.com/states/home?region=us-gov-east-1',
  ],
  ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1'],
])('in the partition %s', (partition, region, consoleUrl) => {
  test.each<[string, SpotInterruptionStackProps]>([
    ['one template for every region', {}],
    ["that region's own stack", { env: { account: '123456789012', region } }],
  ])('%s links to its console', (_, props) => {
    const template = synthesize({ notifications, ...props });
    expect({
      dashboard: linksIn(template, 'AWS::CloudWatch::Dashboard', 'DashboardBody', { partition, region }),
      notification: linksIn(template, 'AWS::StepFunctions::StateMachine', 'DefinitionString', { partition, region }),
    }).toEqual({ dashboard: [consoleUrl], notification: [consoleUrl] });
  });
});

test('no other resource has a link to a console', () => {
  const template = synthesize({ notifications });
  const others = Object.values(template.toJSON().Resources).filter(
    (resource) => !/"AWS::(CloudWatch::Dashboard|StepFunctions::StateMachine)"/.test(JSON.stringify(resource)),
  );
  expect(JSON.stringify(others)).not.toMatch(/console\.a/);
});

interface Place {
  readonly partition: string;
  readonly region: string;
}

/** The addresses of consoles in a property of the one resource of a type, as it is deployed there; without their fragments. */
function linksIn(template: Template, type: string, property: string, place: Place): readonly string[] {
  const [resource] = Object.values(template.findResources(type));
  const text = deployed(template.toJSON().Conditions ?? {}, resource?.Properties[property], place);
  return [...new Set(text.match(/https:\/\/[^\s"'#)]*\bconsole\.[^\s"'#)]*/g))];
}

/** What CloudFormation makes of a value: references to resources as their names. */
function deployed(conditions: Readonly<Record<string, unknown>>, value: unknown, place: Place): string {
  const text = (one: unknown) => deployed(conditions, one, place);
  if (typeof value === 'string') return value;
  const [[name, given] = []] = Object.entries(Object(value));
  if (name === 'Ref' && given === 'AWS::Region') return place.region;
  if (name === 'Ref' && given === 'AWS::Partition') return place.partition;
  if (name === 'Ref' || name === 'Fn::GetAtt') return String(given);
  const [first, second, third] = Array.isArray(given) ? given : [];
  if (name === 'Fn::Join' && Array.isArray(second)) return second.map(text).join(String(first));
  if (name === 'Fn::Equals') return String(text(first) === text(second));
  if (name === 'Fn::If') return text(text(conditions[String(first)]) === 'true' ? second : third);
  throw new Error(`This test does not know what CloudFormation makes of ${JSON.stringify(value)}.`);
}
