import { seededRandom } from '../../simulator/seeded-random.ts';

/** A number in [0, 1) that is a pure function of the seed and the key: the same for every strategy. */
export function randomOf(seed: number, key: string): number {
  return randomStream(seed, key)();
}

export function randomStream(seed: number, key: string): () => number {
  let hash = seed ^ 0x811c9dc5;
  for (const character of key) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return seededRandom(hash);
}

/** Log-normally distributed: half of the values are below the median; `sigma` is the spread of the logarithm. */
export function logNormal(random: () => number, median: number, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(sigma * normal);
}

/** How often something happens that happens so often on average (Poisson). */
export function poisson(random: () => number, mean: number): number {
  let count = 0;
  for (let left = random(); left > Math.exp(-mean); left *= random()) count += 1;
  return count;
}
