import { notEmpty, regionOf, valuesOf } from '../account/arguments.ts';
import { Refusal } from '../account/problems.ts';

export const help = `Interrupts Spot Instances of a deployed group through AWS Fault Injection Service, follows what becomes of them, and
checks what can be seen from outside. EC2 really takes the instances, two minutes after the notice: an interruption that
has been announced cannot be taken back.

npm run drill -- --stack NAME [options]
  --stack NAME      the CloudFormation stack with the outputs StateMachineArn and ExperimentTemplateId, such as that of
                    examples/fault-injection
  --template ID     the experiment template, where the stack has none
  --region REGION   where it is deployed (default AWS_REGION, AWS_DEFAULT_REGION, or the profile's)
  --report FILE     the report, in Markdown (default out/drill-EXPERIMENT.md)
  --help            this

Credentials are found as by every AWS SDK. They need cloudformation:DescribeStacks; fis:GetExperimentTemplate,
StartExperiment, GetExperiment and ListExperimentResolvedTargets; states:ListExecutions, DescribeExecution and
GetExecutionHistory; autoscaling:DescribeAutoScalingGroups; elasticloadbalancing:DescribeTargetHealth.
It takes three to eight minutes. Ctrl-C stops following: the interruption and its handling go on.

Exit code 0: every check passed. 1: one failed, and standard error says which. 2: it could not be run. 130: Ctrl-C.`;

export interface Options {
  readonly stack: string;
  /** Absent: the stack's. */
  readonly template?: string;
  /** Absent: the profile's. */
  readonly region?: string;
  /** Absent: named after the experiment. */
  readonly report?: string;
}

/** @throws Refusal */
export function parseArguments(args: readonly string[]): Options | 'help' {
  const {
    help: wantsHelp,
    stack,
    template,
    region,
    report,
  } = valuesOf(args, {
    stack: { type: 'string' },
    template: { type: 'string' },
    region: { type: 'string' },
    report: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  if (wantsHelp) return 'help';
  // There is no default: whose instances are interrupted has to be said.
  if (stack === undefined) throw new Refusal('Give the stack to drill, with --stack NAME; see --help.');
  return {
    stack: notEmpty('--stack', stack),
    ...(template !== undefined && { template: notEmpty('--template', template) }),
    ...regionOf(region),
    ...(report !== undefined && { report: notEmpty('--report', report) }),
  };
}
