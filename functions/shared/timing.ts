import type { FunctionName } from './contract.ts';

/**
 * All seconds that the handler computes with, in one place, since they depend on each other:
 * test/functions/shared/timing.test.ts has the inequalities. What an operator may set is in functions/configuration/.
 */

/** EC2 reclaims an instance two minutes after its notice. */
export const reclaimSeconds = 120;

/** An event's own termination time is taken if it is at most this long after the notice; a later one belongs to another notice. */
export const longestReclaimSeconds = 300;

// Calls and functions --------------------------------------------------------------------------------------------------

/** A call is given up after that: a notice lasts two minutes. */
export const connectionTimeoutSeconds = 1;
export const requestTimeoutSeconds = 2.5;

/**
 * An observation is one to three calls, a change up to five under the group's lease. A function that was killed must not
 * act once the lease has lapsed, so that no timeout reaches `leaseSeconds`.
 */
export const functionTimeoutSeconds: Readonly<Record<FunctionName, number>> = {
  'describe-instance': 8,
  'check-capacity': 5,
  'set-desired-capacity': 10,
  'detach-instances': 10,
};

/** Longer than any function's own timeout, so that a function is certainly dead when its task has timed out. */
export const functionTaskTimeoutSeconds = 15;
export const tableTaskTimeoutSeconds = 5;
export const topicTaskTimeoutSeconds = 5;
export const serviceTaskTimeoutSeconds = 10;
export const commandTaskTimeoutSeconds = 5;

/**
 * A command that has not reached its instance by then is dropped: an instance that was stopped instead of terminated must not
 * get it when it starts again. SSM takes no less than 30.
 */
export const commandDeliverySeconds = 60;

// The ledger -----------------------------------------------------------------------------------------------------------

/** How long a group's lease lasts where its holder does not release it. */
export const leaseSeconds = 15;

/** How old an answer of DescribeAutoScalingGroups may be. Its reads are eventually consistent; seconds were seen. */
export const staleReadSeconds = 5;

/** After that another execution may look in the place of one which announced that it looks. */
export const lookClaimSeconds = 2;

/** How long an execution may use a look that was made before its own instance was recorded. */
export const newcomerShareSeconds = 1.5;

/** After something was in the way of a look, and as much again at random. */
export const shortWaitSeconds = 0.5;

/** When several instances are due, the first execution that looks also takes out those due within the first of these times; the others look again after steps of the second. */
export const dueShareSeconds = 0.3;
export const dueJitterSeconds = 0.15;

/** How long one reading of a group's tags is shared. */
export const groupFactsSeconds = 60;

/** How long after the notice reading a group's lifecycle hooks is tried again. After that the instance is detached. */
export const hooksPatienceSeconds = 15;
/**
 * The first calls of a storm's executions are spread over this time: a partition of the table takes 1,000 writes a second, of which
 * a refused claim is one, and so is a record. Claims hold the first raise up, records do not.
 */
export const claimSpreadSeconds = 0.05;
export const recordSpreadSeconds = 0.5;

/** An item is of no use to anybody after that. A duplicate can be as late as the rule's retries. */
export const keptSeconds = 3600;

// Looking at a group ---------------------------------------------------------------------------------------------------

/** After a look that something is to follow from. */
export const actingSeconds = 1;

/** In polls: between two looks while replacements are being launched, after the raise and then. Looking sooner would save nothing. */
export const firstLaunchPolls = 7;
export const launchingPolls = 5;

/** The same, where each replacement that serves makes room below MaxSize for the next. */
export const roomPolls = 0.5;

/** The executions of a storm spread their looks over one poll for each of them, and at most over this. */
export const longestSpreadSeconds = 60;

/** The longest random wait on top of a time at which several executions would look together. */
export const jitterSeconds = 0.5;

/** Looking more often would not help any more: EC2 has taken the instance, and the group has yet to notice. */
export const afterReclaimSeconds = 15;

/** How long after the reclaim an execution still waits for its group's ledger to be settled. */
export const settlingSeconds = 45;

// Deadlines ------------------------------------------------------------------------------------------------------------

/** From the last regular look until `detachBy`: the look, and one DetachInstances. */
export const decideSeconds = 2;

/** How many ids DetachInstances takes in a call. */
export const mostInstancesACall = 20;

/** How many instances which are due together leave within a second: larger storms begin earlier. */
export const departuresPerSecond = 100;

/** From then on, before `detachBy`, nothing that is unavailable is waited for: what a step takes at the worst. */
export const outageSeconds = 18;

/** What one DetachInstances takes, and a look where nothing is in the way: a decision falls no later than that allows. */
export const detachCallSeconds = 0.7;

/** Even if nothing else works by then, an instance leaves on its own: time for one slow call. */
export const aloneSeconds = 0.5;
export const shortestLookSeconds = 0.4;
export const longestLookSeconds = 4.5;

/** Until a step that failed is tried again: between these, chosen once for each execution. */
export const shortestRetrySeconds = 2;
export const longestRetrySeconds = 4;

/** One run of DetachInstances begins no further batch after that. */
export const batchesSeconds = 5;

/** A decrement needs a reading of DesiredCapacity that is at most this old. */
export const decrementLookSeconds = 1;

/** For the event's delivery, the raise, and DetachInstances with a retry; two polls have to fit in besides. */
export const handlingSeconds = 20;

/** An observation that is older than any one step of the workflow says nothing of the present. */
export const freshSeconds = 15;
