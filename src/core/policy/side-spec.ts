import { displayName, hostName, type RecordName } from '../record-name.js';
import { err, ok, type Result } from '../result.js';
import { quoted } from './yaml-path.js';

/** One end of a migration as a person names it, before anything is looked up. */
export type SideSpec =
  | { readonly platform: 'heroku'; readonly app: string }
  | { readonly platform: 'aws'; readonly dnsName: RecordName };

/** Where a host comes from and where it goes: one side on Heroku, the other on AWS. */
export interface SidePair {
  readonly from: SideSpec;
  readonly to: SideSpec;
}

/** Heroku's own rule (Platform API reference, App: `name`). */
const appName = /^[a-z][a-z0-9-]{1,28}[a-z0-9]$/;
/** Far above any DNS name. */
const maxLength = 300;

/** Reads `heroku:<app>` or `aws:<dns name>`. The error says what to type instead. */
export function parseSide(text: string): Result<SideSpec, string> {
  if (text.length > maxLength) return err(`a side is much shorter than ${text.length} characters; ${forms}`);
  const colon = text.indexOf(':');
  const platform = colon < 0 ? '' : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  if (platform === 'heroku') return herokuSide(rest);
  if (platform === 'aws') return awsSide(rest);
  if (/^(heroku|aws)$/i.test(platform)) return err(`${quoted(text)} has its platform in capitals; ${forms}`);
  return err(`${quoted(text)} does not say its platform; ${forms}`);
}

const forms = 'write heroku:<app> or aws:<dns name>';

/** Refuses two sides of the same platform. */
export function sidePair(from: SideSpec, to: SideSpec): Result<SidePair, string> {
  if (from.platform !== to.platform) return ok({ from, to });
  const platform = from.platform === 'heroku' ? 'Heroku' : 'AWS';
  return err(`both sides are on ${platform}; a migration moves a host between Heroku and AWS`);
}

function herokuSide(app: string): Result<SideSpec, string> {
  if (appName.test(app)) return ok({ platform: 'heroku', app });
  if (/\.(herokuapp|herokudns)\.com/i.test(app))
    return err(`${quoted(app)} is a host name; give the app's name as \`heroku apps\` lists it`);
  if (appName.test(app.toLowerCase()))
    return err(`${quoted(app)} has capitals; write heroku:${app.toLowerCase()}`);
  return err(
    `${quoted(app)} is not the name of a Heroku app: 3 to 30 lower-case letters, digits and hyphens, beginning with a letter`,
  );
}

function awsSide(text: string): Result<SideSpec, string> {
  const advice = 'give a DNS name such as my-alb-1.eu-west-1.elb.amazonaws.com';
  if (text.includes('/') && !text.startsWith('arn:')) return err(`${quoted(text)} is a URL; ${advice}`);
  if (text.startsWith('arn:')) return err(`${quoted(text)} is an ARN; ${advice}`);
  if (isAddress(text)) return err(`${quoted(text)} is an address; ${advice}`);
  if (/:\d+$/.test(text)) return err(`${quoted(text)} has a port; DNS cannot carry one, ${advice}`);
  const name = hostName(text);
  if (!name.ok) return err(`${quoted(text)} is not a DNS name; ${advice}`);
  if (/(^|\.)(herokuapp|herokudns)\.com\.$/.test(name.value))
    return err(`${quoted(displayName(name.value))} belongs to Heroku; write heroku:<app>`);
  return ok({ platform: 'aws', dnsName: name.value });
}

function isAddress(text: string): boolean {
  return (
    /^\d+(\.\d+){3}(:\d+)?$/.test(text) || /^\[?[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*\]?(:\d+)?$/i.test(text)
  );
}
