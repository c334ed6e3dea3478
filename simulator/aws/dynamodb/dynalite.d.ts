declare module 'dynalite' {
  import type { Server } from 'node:http';

  export interface DynaliteOptions {
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }

  /** An HTTP server that answers as DynamoDB does, not listening yet. Without a path it keeps its data in memory. */
  export default function dynalite(options?: DynaliteOptions): Server;
}
