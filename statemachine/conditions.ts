import { Condition, JsonPath } from 'aws-cdk-lib/aws-stepfunctions';

/** What the workflow's Choices ask of an execution's state, in `HandlingState`'s paths. */

export const number = (path: string, value: number) => Condition.numberEquals(path, value);
export const gone = Condition.booleanEquals('$.capacity.attached', false);
/** Former members of the group that this execution took out serve on. */
export const formersServe = Condition.isPresent('$.capacity.servingOn');
export const formersDue = Condition.and(formersServe, Condition.numberGreaterThan('$.capacity.servingOn.due', 0));
export const unsettled = number('$.capacity.unsettled', 1);
export const hasLeft = Condition.and(
  Condition.isPresent('$.detachment.left'),
  Condition.booleanEquals('$.detachment.left', true),
);
export const wasDetached = Condition.or(isWay('$.detachment.how.way'), isWay('$.capacity.left.way'));
export const takenOut = Condition.or(hasLeft, Condition.isPresent('$.capacity.left'));

export const toBeShutDown = Condition.and(
  Condition.isPresent('$.interruption.shutdownDocument'),
  Condition.not(Condition.isPresent('$.shutdownCommand')),
);
const isRecommendation = (end: string) =>
  Condition.and(
    Condition.isPresent('$.capacity.recommendation'),
    Condition.stringEquals('$.capacity.recommendation', end),
  );
export const takenOver = isRecommendation('taken over by a notice');
export const givenUp = isRecommendation('given up');
export const settled = Condition.and(number('$.capacity.changeBy', 0), number('$.capacity.unsettled', 0));
/** Another execution took it out, and the look that saw it left nothing to do. */
export const isTakenAlong = Condition.and(Condition.isPresent('$.capacity.left'), gone, settled);
function isWay(path: string): Condition {
  return Condition.and(Condition.isPresent(path), Condition.stringEquals(path, 'detach'));
}

export function enteredAtOrAfter(timestampPath: string): Condition {
  return Condition.timestampGreaterThanEqualsJsonPath(JsonPath.stateEnteredTime, timestampPath);
}
