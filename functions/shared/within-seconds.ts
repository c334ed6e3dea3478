import { NoAnswerInTime } from './errors.ts';

/**
 * The result of the work, if it comes in time. Work that is given up goes on: it must have no effect any more, or check the time
 * itself before it has one.
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
