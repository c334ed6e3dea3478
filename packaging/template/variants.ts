import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Aws } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { HandlerConfig } from '../../functions/configuration/handler-config.ts';
import { functionNames } from '../../functions/shared/contract.ts';
import { SpotInterruptionStack, type SpotInterruptionStackProps } from '../../infra/spot-interruption-stack.ts';
import type { JsonObject } from './json.ts';
import type { Answers } from './merge.ts';
import { type Alternative, handlerOffers, logRetentionOffer, notificationsOffer } from './offers.ts';

/** The stack as CDK synthesizes it where the template's conditions have these answers. */
export interface Variant {
  readonly answers: Answers;
  readonly template: JsonObject;
}

/** All of them. Each function's code is the folder of its name in functions/, beside the template. */
export function synthesizedVariants(): readonly Variant[] {
  const folder = mkdtempSync(join(tmpdir(), 'template-'));
  try {
    const context = featureFlags();
    return everyProps().map(({ answers, value }, index) => {
      // An app for each, since names are made of the stack's, which has to be the same.
      const outdir = join(folder, String(index));
      const app = new App({ outdir, context, builtinCloudFormationValidation: false });
      const { artifactId } = createStack(app, value);
      return { answers, template: app.synth().getStackArtifact(artifactId).template };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every combination of what the parameters can ask for. */
function everyProps(): readonly Alternative<SpotInterruptionStackProps>[] {
  const handler = Object.entries(handlerOffers).reduce<readonly Alternative<Partial<HandlerConfig>>[]>(
    (combinations, [key, { alternatives }]) =>
      combinations.flatMap(({ answers, value }) =>
        alternatives.map((alternative) => ({
          answers: { ...answers, ...alternative.answers },
          value: alternative.value === undefined ? value : { ...value, [key]: alternative.value },
        })),
      ),
    [{ answers: {}, value: {} }],
  );
  const [logRetention] = logRetentionOffer.alternatives;
  if (!logRetention) throw new Error('A parameter has no value.');
  return handler.flatMap(({ answers, value }) =>
    notificationsOffer.alternatives.map((notifications) => ({
      answers: { ...answers, ...notifications.answers },
      value: {
        ...value,
        notifications: notifications.value,
        logRetention: logRetention.value,
        serviceName: Aws.STACK_NAME,
      },
    })),
  );
}

function createStack(app: App, props: SpotInterruptionStackProps): SpotInterruptionStack {
  const stack = new SpotInterruptionStack(app, 'SpotInterruptionHandler', props);
  for (const name of functionNames) {
    const resource = stack.handler.functions[name].node.defaultChild;
    if (!(resource instanceof CfnFunction)) throw new Error(`The function ${name} has no resource.`);
    // `aws cloudformation package` zips the folder, uploads it, and puts its place here.
    resource.addPropertyOverride('Code', `./functions/${name}`);
  }
  return stack;
}

/** As `npx cdk deploy` has them; the bundles are made once, not for each variant. */
function featureFlags(): Record<string, unknown> {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  return { ...context, 'aws:cdk:bundling-stacks': [] };
}
