import type { JsonObject } from '../../simulator/json.ts';

/** The definition's graph, laid out. Lengths in pixels at full size. */
export interface WorkflowGraph {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphNode {
  /** The state's name. */
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** `start` is where the execution begins, and no state. */
  readonly kind: 'start' | 'state';
  /** What the state is, in words: `Lambda function`, `Choice`, … */
  readonly what: string;
  /** The state as it is defined. */
  readonly definition: JsonObject;
}

/** All transitions from one state to another. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** It is only ever taken by a Catch. */
  readonly isCatch: boolean;
  /** When it is taken: the choices' comments, or the errors that are caught. */
  readonly labels: readonly string[];
  readonly points: readonly Point[];
  /** Where the labels of a Choice's rule are written, line by line. Absent: nowhere. */
  readonly text?: EdgeText;
}

export interface EdgeText {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface PageScenario {
  readonly name: string;
  readonly shows: string;
  /** How many instances are interrupted. */
  readonly interrupted: number;
}

/** What the page is given when it is loaded. */
export interface PageData {
  readonly graph: WorkflowGraph;
  readonly scenarios: readonly PageScenario[];
  /** The executions of a Step Functions that runs elsewhere are shown, and none can be started. */
  readonly attachedTo?: string;
  /** The payload that is filled in. */
  readonly sampleEvent: string;
  /** A finished run, for a page without a server: its updates as JSON, gzipped, in base64. */
  readonly recordedRun?: string;
}
