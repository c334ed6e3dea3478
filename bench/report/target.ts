/** One thing that was to be reached, and whether it is. */
export interface Target {
  readonly target: string;
  readonly reached: boolean;
  readonly figures: string;
}
