/** Lambda's runtime looks for `.js`, `.mjs` and `.cjs`. Of these only `.cjs` is CommonJS in any folder, this package's included. */
export const bundleFile = 'index.cjs';

/** What a bundle is deployed with: its file, and its export `handler`. */
export const bundleHandler = 'index.handler';
