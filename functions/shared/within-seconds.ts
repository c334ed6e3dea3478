import { NoAnswerInTime } from './errors.ts';

/**
 * What the work comes to, unless it takes longer. Then nobody waits for it any more, though it goes on: so it must have no
 * effect later, or see for itself that it is too late.
 * @throws NoAnswerInTime
 */
export async function withinSeconds<T>(seconds: number, work: Promise<T>): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const error = new NoAnswerInTime(`No answer within ${seconds.toFixed(1)} s, which is all the time that is left.`);
  const timer = setTimeout(() => reject(error), seconds * 1000);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
