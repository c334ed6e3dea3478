import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../functions/shared/contract.ts';
import { memoryMegabytes } from '../functions/shared/function-memory.ts';
import { functionTimeoutSeconds } from '../functions/shared/timing.ts';
import { acknowledge } from './acknowledge.ts';
import { bundleHandler } from './bundle-file.ts';
import { functionCode } from './function-code.ts';
import { acknowledgedWildcards } from './permissions.ts';

export interface HandlerFunctionProps {
  readonly name: FunctionName;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Everything that the function may do besides writing its own log and traces. */
  readonly permissions: PolicyStatement[];
  readonly logRetention: RetentionDays;
}

/** One of the workflow's functions, with a log group and a role of its own. */
export class HandlerFunction extends Construct {
  readonly lambdaFunction: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // Not AWSLambdaBasicExecutionRole, which may write to every log group of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    acknowledge(role, ...acknowledgedWildcards(this));
    this.lambdaFunction = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: bundleHandler,
      code: functionCode(props.name),
      environment: props.environment,
      memorySize: memoryMegabytes,
      timeout: Duration.seconds(functionTimeoutSeconds[props.name]),
      role,
      initialPolicy: props.permissions,
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
    });
  }
}
