import { errorNames } from './contract.ts';

/** The payload names no instance. Cause: what is missing, and an example. */
export class InvalidEvent extends Error {
  override readonly name = errorNames.invalidEvent;
}

/** Another execution changes the group right now, or the outcome of a change is not known yet: look again later. */
export class GroupBusy extends Error {
  override readonly name = errorNames.groupBusy;
}

/** DynamoDB did not answer, or refused for a reason of its own. */
export class InterruptionTableUnavailable extends Error {
  override readonly name = errorNames.tableUnavailable;
}

/** DetachInstances refused because the instance is neither InService nor Standby. */
export class InstanceNotDetachable extends Error {
  override readonly name = errorNames.instanceNotDetachable;
}

/** A service took longer than the time that is left before the instance has to be detached. */
export class NoAnswerInTime extends Error {
  override readonly name = errorNames.noAnswerInTime;
}
