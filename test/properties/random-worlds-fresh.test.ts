import { describe } from 'vitest';
import { itHoldsInRandomWorlds } from './storms.ts';

/** Others each time: the seed is in the name of the tests, and what breaks is printed with it, to be made again. */
const seed = 1_000_000 + (Date.now() % 1_000_000);

describe(`what is guaranteed holds in the worlds of the fresh seed ${seed}`, () => itHoldsInRandomWorlds(seed, 40));
