import type { Settings } from '../configuration/settings.ts';
import type { GroupSnapshot } from './group-snapshot.ts';

/** The group's tag that names the SSM document which its leaving instances are sent; only one that the stack has listed. */
export const shutdownDocumentTag = 'spot-interruption-handler:shutdown-document';

/** Undefined where the group has no such tag, or it names a document that the stack does not list. */
export function taggedShutdownDocument(
  { tags }: Pick<GroupSnapshot, 'tags'>,
  { shutdownDocuments = [] }: Pick<Settings, 'shutdownDocuments'>,
): string | undefined {
  const name = tags.get(shutdownDocumentTag);
  return name !== undefined && shutdownDocuments.includes(name) ? name : undefined;
}
