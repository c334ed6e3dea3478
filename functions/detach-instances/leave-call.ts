/** What came of a call by which instances leave their group. Where anything was refused, none has left. */
export type LeaveCall =
  | { readonly kind: 'left' }
  /** It is no longer part of the group, or leaves it already: by a call whose answer was lost, or by somebody else. */
  | { readonly kind: 'gone'; readonly instanceId: string }
  /** It is neither InService nor Standby. */
  | { readonly kind: 'not detachable'; readonly instanceId: string; readonly message: string }
  | { readonly kind: 'group is gone' }
  /** MinSize does not allow the decrement. */
  | { readonly kind: 'decrement refused' };
