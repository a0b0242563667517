import type { IncomingHttpHeaders } from 'node:http';

/** How a request ended: at the application, at an answer of the platform itself, or without any because the client had gone. */
export type ServedOutcome =
  | { readonly kind: 'application'; readonly status: number }
  | { readonly kind: 'platform'; readonly status: number }
  | { readonly kind: 'abandoned' };

/** One request that an origin is done with, for whoever keeps its books: CloudWatch, log sessions, the page for Prometheus. */
export interface ServedRequest {
  /** Epoch milliseconds on the origin's clock. */
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The Host header, lower case and without port; empty when there is none. */
  readonly host: string;
  readonly headers: IncomingHttpHeaders;
  readonly clientAddress: string;
  /** The address of the origin that it came to. */
  readonly originAddress: string;
  readonly outcome: ServedOutcome;
  /** Length of the body that was sent. */
  readonly bodyBytes: number;
}

/** Called for each request right when it has ended. Must not throw. */
export type ServedListener = (served: ServedRequest) => void;
