import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonValue, objectAt } from '../json.ts';

/** The file is missing, or does not hold JSON. */
export class UnreadableEvent extends Error {}

/** @throws UnreadableEvent that names the file and what is wrong. */
export function readEvent(path: string): JsonValue {
  try {
    const event: JsonValue = JSON.parse(readFileSync(path, 'utf8'));
    return event;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UnreadableEvent(`The event file ${path} cannot be read: ${reason}`, { cause: error });
  }
}

/** The id of the instance that an event is about; undefined where it names none that could be one. */
export function instanceIdOf(event: JsonValue): string | undefined {
  const id = objectAt(objectAt({ event }, 'event'), 'detail')['instance-id'];
  return typeof id === 'string' && /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id) ? id : undefined;
}

/** The same event for another instance: its id and its resources' are replaced. As it stands where it is the same one. */
export function eventFor(event: JsonValue, instanceId: string): JsonValue {
  const own = instanceIdOf(event);
  if (!isJsonObject(event) || own === undefined || own === instanceId) return event;
  return {
    ...event,
    detail: { ...objectAt(event, 'detail'), 'instance-id': instanceId },
    ...(event.resources !== undefined && { resources: withId(event.resources, own, instanceId) }),
  };
}

function withId(resources: JsonValue, from: string, to: string): JsonValue {
  if (!Array.isArray(resources)) return resources;
  return resources.map((resource) => (typeof resource === 'string' ? resource.replaceAll(from, to) : resource));
}
