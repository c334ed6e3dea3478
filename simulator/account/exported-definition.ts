import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject } from '../json.ts';

const file = new URL('../../statemachine/spot-interruption.asl.json', import.meta.url);

/** The definition as it is exported, which a test keeps equal to what is deployed; quicker than making it anew. */
export function readExportedDefinition(): JsonObject {
  const definition: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (isJsonObject(definition)) return definition;
  throw new Error(`${file.pathname} is not a JSON object: npm run export writes it.`);
}
