import { App } from 'aws-cdk-lib';
import { InvalidConfig } from '../functions/configuration/handler-config.ts';
import { configFromContext } from './context.ts';
import { createStacks } from './stacks.ts';

try {
  const app = new App();
  createStacks(app, configFromContext(app.node.getAllContext()));
  app.synth();
} catch (error) {
  if (!(error instanceof InvalidConfig)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
