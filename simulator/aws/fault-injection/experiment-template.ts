import { hexFrom } from '../protocols/identifiers.ts';

/** An experiment template, as GetExperimentTemplate shows it. */
export interface ExperimentTemplate {
  readonly id: string;
  readonly description: string;
  readonly roleArn: string;
  readonly targets: Readonly<Record<string, ExperimentTarget>>;
  readonly actions: Readonly<Record<string, ExperimentAction>>;
  readonly stopConditions: readonly { readonly source: string; readonly value?: string }[];
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ExperimentTarget {
  readonly resourceType: string;
  readonly resourceArns?: readonly string[];
  readonly resourceTags?: Readonly<Record<string, string>>;
  readonly filters?: readonly { readonly path: string; readonly values: readonly string[] }[];
  /** `ALL`, `COUNT(n)` or `PERCENT(n)`. */
  readonly selectionMode: string;
}

interface ExperimentAction {
  readonly actionId: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** The target by its role in the action: `{ SpotInstances: … }`. */
  readonly targets?: Readonly<Record<string, string>>;
}

/** Which instances an action may be for: those with all of these tags. */
export const groupNameTag = 'aws:autoscaling:groupName';

/** A template that interrupts some of a group's instances, with the notice at once. */
export function spotInterruptionTemplate(
  groupName: string,
  options: { readonly accountId: string; readonly count?: number },
): ExperimentTemplate {
  const { accountId, count = 1 } = options;
  return {
    id: `EXT${hexFrom(`experiment template ${groupName} ${count}`, 15)}`,
    description: `Interrupts ${count} of the Spot Instances of ${groupName}`,
    roleArn: `arn:aws:iam::${accountId}:role/fault-injection`,
    targets: {
      Instances: {
        resourceType: 'aws:ec2:spot-instance',
        resourceTags: { [groupNameTag]: groupName },
        filters: [{ path: 'State.Name', values: ['running'] }],
        selectionMode: `COUNT(${count})`,
      },
    },
    actions: {
      Interrupt: {
        actionId: 'aws:ec2:send-spot-instance-interruptions',
        parameters: { durationBeforeInterruption: 'PT2M' },
        targets: { SpotInstances: 'Instances' },
      },
    },
    stopConditions: [{ source: 'none' }],
    tags: {},
  };
}
