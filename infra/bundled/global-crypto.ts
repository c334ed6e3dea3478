/**
 * Takes the place of the global `crypto` in the functions' bundles. The SDK calls its `randomUUID`, which `node:crypto`
 * has as well; the first touch of the global would load all of Web Crypto.
 */
export * as crypto from 'node:crypto';
