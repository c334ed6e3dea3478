import { History } from '../history.ts';
import { uuidFrom } from '../protocols/identifiers.ts';

/** An entry of DescribeScalingActivities, in the service's words. */
export interface ScalingActivity {
  readonly id: string;
  readonly description: string;
  readonly cause: string;
  readonly startedAt: Date;
  readonly endedAt?: Date;
  readonly statusCode:
    | 'PreInService'
    | 'InProgress'
    | 'WaitingForELBConnectionDraining'
    | 'Successful'
    | 'Failed'
    | 'Cancelled';
  readonly statusMessage?: string;
  readonly progress: number;
  readonly details: string;
}

export interface NewActivity {
  readonly description: string;
  readonly cause: string;
  readonly statusCode: ScalingActivity['statusCode'];
  readonly availabilityZone: string;
}

/** A group's scaling activities. */
export class ScalingActivities {
  readonly #groupName: string;
  readonly #log = new History<readonly ScalingActivity[]>([]);
  #count = 0;

  constructor(groupName: string) {
    this.#groupName = groupName;
  }

  begin(activity: NewActivity): ScalingActivity {
    this.#count += 1;
    const { availabilityZone, ...rest } = activity;
    const begun = {
      ...rest,
      id: uuidFrom(`${this.#groupName} activity ${this.#count}`),
      startedAt: new Date(),
      progress: activity.statusCode === 'PreInService' ? 30 : 50,
      details: JSON.stringify({ 'Availability Zone': availabilityZone }),
    };
    this.#log.current = [begun, ...this.#log.current];
    return begun;
  }

  /** Of no activity: has no effect. */
  succeed(id: string | undefined): void {
    if (id !== undefined) this.#end(id, { statusCode: 'Successful' });
  }

  fail(id: string, description: string, statusMessage: string): void {
    this.#end(id, { statusCode: 'Failed', description, statusMessage });
  }

  cancel(id: string, description: string, statusMessage: string): void {
    this.#end(id, { statusCode: 'Cancelled', description, statusMessage });
  }

  /** Those in progress first, then the newest first, as the service lists them. */
  list(at = Number.POSITIVE_INFINITY): readonly ScalingActivity[] {
    const activities = this.#log.at(at);
    return [...activities.filter(isInProgress), ...activities.filter((activity) => !isInProgress(activity))];
  }

  /** One that is in progress, or ended less than the cooldown ago. */
  withinCooldown(cooldownSeconds: number): ScalingActivity | undefined {
    const since = Date.now() - cooldownSeconds * 1000;
    return this.#log.current.find(({ endedAt }) => endedAt === undefined || endedAt.getTime() > since);
  }

  /** One in progress that is about an instance. */
  inProgressFor(instanceId: string): ScalingActivity | undefined {
    return this.#log.current.find((activity) => isInProgress(activity) && activity.description.includes(instanceId));
  }

  #end(id: string, ending: Partial<ScalingActivity>): void {
    this.#log.current = this.#log.current.map((activity) =>
      activity.id === id ? { ...activity, ...ending, endedAt: new Date(), progress: 100 } : activity,
    );
  }
}

function isInProgress({ endedAt }: ScalingActivity): boolean {
  return endedAt === undefined;
}

/** To the second, as causes name times. */
export function timeOfCause(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
