import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function as LambdaFunction, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../functions/shared/contract.ts';
import { bundledCode, bundleHandler } from './function-bundle.ts';
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
    Validations.of(role).acknowledge(...acknowledgedWildcards(this));
    this.lambdaFunction = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: bundleHandler,
      code: bundledCode(props.name),
      environment: props.environment,
      memorySize: memoryMegabytes,
      timeout: timeouts[props.name],
      role,
      initialPolicy: props.permissions,
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
    });
  }
}

/**
 * Lambda gives CPU in proportion to memory. The functions need about 100 MB; what they wait for is TLS handshakes and
 * parsing, which a quarter of a CPU (512 MB) does in tens of milliseconds, and 128 MB in hundreds.
 */
const memoryMegabytes = 512;

/**
 * An observation is one or two calls of at most 2.5 s each; a change is up to five under the group's lease. No timeout
 * may reach the lease's own duration: a function that was killed must not act once the lease has lapsed.
 */
const timeouts: Readonly<Record<FunctionName, Duration>> = {
  'describe-instance': Duration.seconds(5),
  'check-capacity': Duration.seconds(5),
  'set-desired-capacity': Duration.seconds(10),
  'detach-instances': Duration.seconds(10),
};
