/** heroku-client 3.1.4 has no types of its own; this is the part that is used. */
declare module 'heroku-client/lib/request.js' {
  import type { IncomingMessage } from 'node:http';

  class Request {
    constructor(options: {
      method: 'GET' | 'POST';
      path: string;
      /** Sent as JSON. */
      body?: object;
      /** Does not ask for further pages, which would send the same request again. */
      partial?: boolean;
      token: string;
      /** Required by paging, which deletes a header from it. */
      headers: Record<string, string>;
      userAgent: string;
      host?: string;
    });
    /** A `node:http` agent, or the tunnel of HEROKU_HTTP_PROXY_HOST, which cannot be destroyed. */
    readonly agent: { destroy?(): void };
    readonly reject: (error: Error) => void;
    /** Resolves with the parsed body, the pages of a list joined. */
    request(): Promise<unknown>;
    handleResponse(response: IncomingMessage): void;
    isRetryAllowed(error: Error): boolean;
  }

  export = Request;
}
