import { describe } from 'vitest';
import { itHoldsInRandomWorlds } from './storms.ts';

/** Several files, so that vitest's workers share the work. */
describe('what is guaranteed holds', () => itHoldsInRandomWorlds(1, 60));
