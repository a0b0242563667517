import type { ServerCertificate } from '../certificates.js';

/** One HTTP answer, complete. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What routing sees of a request. */
export interface RoutedRequest {
  /** The Host header, lower case and without port; empty when there is none. */
  readonly host: string;
  /** The name of the TLS handshake, lower case, or undefined when the client sent none. */
  readonly serverName: string | undefined;
}

/** Where a request ends up: at an application, or at an answer of the platform itself. */
export type Route =
  | { readonly kind: 'application'; readonly deployment: string }
  | { readonly kind: 'platform'; readonly answer: Answer };

/** What stands in front of the application: it chooses the certificate, routes, and may add to the answers. */
export interface Platform {
  /** The certificate for a handshake with this name. */
  certificateFor(serverName: string | undefined): ServerCertificate;
  route(request: RoutedRequest): Route;
  /** The application's answer as the client sees it. */
  relay(answer: Answer): Answer;
  /** The platform's own answer when the application cannot give one (502, 503 or 504). */
  failure(status: number): Answer;
}
