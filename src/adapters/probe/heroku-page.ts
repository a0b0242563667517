/** The pages the Heroku router answers with in place of an application; each is a frame around one of these. */
const pages: Readonly<Record<string, (host: string) => string>> = {
  'no-such-app': (host) =>
    `Heroku's "No such app" page: no app there has the domain ${host} with a certificate`,
  'application-error': () => `Heroku's "Application error" page: the app crashed or did not answer`,
  'maintenance-mode': () => `Heroku's maintenance page: the app is in maintenance mode`,
  'ssl-cert-error': (host) => `Heroku's "SSL certificate error" page: no certificate there covers ${host}`,
};

/**
 * Recognises a page of the platform by its frame, so that a status which happens to be accepted, 404 for instance, does not
 * make an app that is not there look healthy. (heroku/cli and router captures: `www.herokucdn.com/error-pages/*.html`.)
 */
export function herokuPage(body: string, host: string): string | undefined {
  const name = /<iframe[^>]{0,500}herokucdn\.com\/error-pages\/([a-z-]{1,60})\.html/i.exec(body)?.[1];
  if (name === undefined) return undefined;
  return Object.hasOwn(pages, name) ? pages[name]?.(host) : `Heroku's page "${name}"`;
}
