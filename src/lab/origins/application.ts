import type { Answer } from './platform.js';

/** The page that load balancers and probes ask for. */
export const healthPath = '/healthz';

/** The deployed web application, the same on both sides but for the name of its deployment. */
export function applicationAnswer(method: string, path: string, deployment: string): Answer {
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'Method not allowed\n');
  switch (path) {
    case '/':
      return text(200, `Hello from ${deployment}\n`);
    case healthPath:
      return text(200, 'ok\n');
    case '/version':
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ deployment }),
      };
    default:
      return text(404, 'Not found\n');
  }
}

/** The application's own failure, as opposed to one of the platform in front of it. */
export function applicationFailure(status: number): Answer {
  return text(status, 'Something went wrong\n');
}

function text(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
