import type { ServerCertificate } from '../certificates.js';
import type { Answer, Platform, Route, RoutedRequest } from './platform.js';

/** An application as the router knows it by one of its host names. */
export interface RoutedApp {
  readonly deployment: string;
  readonly maintenance: boolean;
  /** The certificate of the domain's SNI endpoint. */
  readonly certificate: ServerCertificate;
}

/** Finds the application for a host name; asked on every request, because domains and maintenance change at run time. */
export type AppDirectory = (host: string) => RoutedApp | undefined;

/**
 * The Heroku router: routes by Host, chooses the certificate by SNI, and marks what it proxies.
 *
 * A name that no app has, or whose domain has no SNI endpoint, gets the "No such app" page. Headers as captured from
 * Router 2.0; SNI and Host that disagree are H32 (Dev Center, "Heroku Error Codes").
 *
 * @param wildcard the certificate of `*.herokuapp.com`, shown to every handshake without a name the router knows
 */
export function herokuRouter(apps: AppDirectory, wildcard: ServerCertificate): Platform {
  return {
    certificateFor: (serverName) => appFor(apps, serverName)?.certificate ?? wildcard,
    route: (request) => route(apps, request),
    relay: (answer) => ({
      ...answer,
      headers: { ...reporting, server: 'Heroku', via: '1.1 heroku-router', ...answer.headers },
    }),
    failure: (status) => page(status, 'Application Error', 'application-error'),
  };
}

function appFor(apps: AppDirectory, serverName: string | undefined): RoutedApp | undefined {
  return serverName === undefined ? undefined : apps(serverName);
}

function route(apps: AppDirectory, { host, serverName }: RoutedRequest): Route {
  const app = apps(host);
  if (app === undefined) return platform(page(404, 'No such app', 'no-such-app'));
  if (serverName !== host) return platform(page(495, 'SSL Certificate Error', 'ssl-cert-error'));
  if (app.maintenance) return platform(page(503, 'Offline for Maintenance', 'maintenance-mode'));
  return { kind: 'application', deployment: app.deployment };
}

function platform(answer: Answer): Route {
  return { kind: 'platform', answer };
}

const reporting = {
  nel: '{"report_to":"heroku-nel","response_headers":["Via"],"max_age":3600,"success_fraction":0.01,"failure_fraction":0.1}',
  'report-to': '{"group":"heroku-nel","endpoints":[{"url":"https://nel.heroku.com/reports"}],"max_age":3600}',
  'reporting-endpoints': 'heroku-nel="https://nel.heroku.com/reports"',
} as const;

/** The router's own pages are a frame around a static page, with the status of the failure. */
function page(status: number, title: string, name: string): Answer {
  const body = [
    '<!DOCTYPE html>',
    '<html>',
    '  <head>',
    '    <meta name="viewport" content="width=device-width, initial-scale=1">',
    '    <meta charset="utf-8">',
    `    <title>${title}</title>`,
    '  </head>',
    '  <body>',
    `    <iframe src="//www.herokucdn.com/error-pages/${name}.html"></iframe>`,
    '  </body>',
    '</html>',
    '',
  ].join('\n');
  return {
    status,
    headers: {
      ...reporting,
      server: 'Heroku',
      'cache-control': 'no-cache, no-store',
      'content-type': 'text/html; charset=utf-8',
    },
    body,
  };
}
