import { readFileSync } from 'node:fs';
import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SpotInterruptionStack, type SpotInterruptionStackProps } from '../../infra/spot-interruption-stack.ts';

/** The stack's template with cdk.json's feature flags, without bundling. It fails on a cyclic dependency. */
export function synthesize(props: SpotInterruptionStackProps = {}): Template {
  return Template.fromStack(new SpotInterruptionStack(createApp(), 'Stack', props));
}

/** An app with cdk.json's feature flags, which bundles nothing and, since that takes seconds, validates nothing. */
export function createApp(context: Readonly<Record<string, unknown>> = {}): App {
  return appWith(context, { builtinCloudFormationValidation: false });
}

/** The same, but CDK validates its templates against CloudFormation's rules: what breaks one fails the synthesis. */
export function createValidatedApp(context: Readonly<Record<string, unknown>> = {}): App {
  return appWith(context, {});
}

function appWith(context: Readonly<Record<string, unknown>>, props: AppProps): App {
  const cdk = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  return new App({ ...props, context: { ...cdk.context, 'aws:cdk:bundling-stacks': [], ...context } });
}

/** What a role allows, one sorted line for each action: `action on resource [if condition]`. */
export function allowedTo(template: Template, role: string): string[] {
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => shortId(id) === role);
  const inline = roles.flatMap(([, { Properties }]) => [
    ...(Properties.ManagedPolicyArns ?? []).map((arn: unknown) => ({ managed: arn })),
    ...(Properties.Policies ?? []).flatMap((policy: Policy) => policy.PolicyDocument.Statement),
  ]);
  const attached = Object.values(template.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some((ref: { Ref: string }) => shortId(ref.Ref) === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  return [...inline, ...attached].flatMap(lines).sort();
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly unknown[] };
}

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

function lines(statement: Statement): string[] {
  if (statement.Effect !== 'Allow') return [JSON.stringify(statement)];
  const condition = statement.Condition ? ` if ${JSON.stringify(statement.Condition)}` : '';
  return [statement.Action ?? []]
    .flat()
    .flatMap((action) => [statement.Resource].flat().map((resource) => `${action} on ${text(resource)}${condition}`));
}

/** A template's value as text, with intrinsic functions as `{LogicalId}`. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isObject(value)) {
    if (typeof value.Ref === 'string') return `{${shortId(value.Ref)}}`;
    // The last alternative is that of the partition `aws`.
    if (Array.isArray(value['Fn::If'])) return text(value['Fn::If'][2]);
    if (Array.isArray(value['Fn::GetAtt'])) return `{${shortId(String(value['Fn::GetAtt'][0]))}}`;
    if (Array.isArray(value['Fn::Join']) && Array.isArray(value['Fn::Join'][1])) {
      return value['Fn::Join'][1].map(text).join(String(value['Fn::Join'][0]));
    }
  }
  return JSON.stringify(value);
}

/** A logical id without the stack's name for the construct and CDK's hash. */
function shortId(logicalId: string): string {
  return logicalId.replace(/^Handler/, '').replace(/[0-9A-F]{8}$/, '');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
