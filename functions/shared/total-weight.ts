/** In the group's capacity units. */
export function totalWeight(instances: readonly { readonly weight: number }[]): number {
  return instances.reduce((sum, { weight }) => sum + weight, 0);
}
