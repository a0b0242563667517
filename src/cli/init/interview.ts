import { parseSide } from '../../core/policy/side-spec.js';
import { hostName } from '../../core/record-name.js';
import { safeText } from '../../core/safe-text.js';
import type { AppDirectory, FoundName, ZoneDirectory } from '../../engine/inspection-ports.js';
import type { Choice, Prompts } from './prompts.js';
import { typedSide } from './typed-side.js';

/** What a person said about a first migration; sides as they are typed. */
export interface Answers {
  readonly zone: string | null;
  readonly policy: string;
  readonly hosts: readonly HostAnswer[];
}

export interface HostAnswer {
  readonly host: string;
  readonly from: string;
  readonly to: string;
}

/** Asked about when there are more apps than this: none, because each costs a call of a rate-limited API. */
const maxAppsAsked = 40;
const maxHosts = 20;
const maxShown = 200;
const other = '\u0000other';

interface Known {
  readonly zones: ZoneDirectory;
  readonly apps: AppDirectory;
  readonly policies: readonly Choice[];
}

/** Asks its way to the first migration; null when the person gives up. What cannot be listed is typed instead. */
export async function interview(
  prompts: Prompts,
  known: Known,
  signal: AbortSignal,
): Promise<Answers | null> {
  const zone = await askZone(prompts, known.zones, signal);
  if (zone === null) return null;
  const names = zone.id === null ? [] : await namesIn(prompts, known.zones, zone.id, signal);
  const apps = await appsWithDomains(prompts, known.apps, signal);
  const hosts: HostAnswer[] = [];
  for (let more = true; more && hosts.length < maxHosts;) {
    const left = names.filter(({ host }) => hosts.every((one) => one.host !== host));
    const host = await askHost(prompts, left, apps);
    if (host === null) return null;
    hosts.push(host);
    const answer = await prompts.confirm('Does another host move together with it?');
    if (answer === null) return null;
    more = answer;
  }
  const policy = await prompts.choose('Which policy?', known.policies);
  return policy === null ? null : { zone: zone.id, policy, hosts };
}

async function askZone(
  prompts: Prompts,
  zones: ZoneDirectory,
  signal: AbortSignal,
): Promise<{ readonly id: string | null } | null> {
  const listed = await zones.zones(signal);
  if (!listed.ok)
    prompts.note(`The hosted zones cannot be listed: ${safeText(listed.error.message, maxShown)}`);
  if (!listed.ok || listed.value.length === 0) return { id: null };
  const choices = listed.value.map(({ id, name }) => ({
    value: id,
    label: safeText(name, maxShown),
    hint: id,
  }));
  const chosen = await prompts.choose('Which hosted zone?', [
    ...choices,
    { value: other, label: 'another one', hint: 'found by the host names' },
  ]);
  if (chosen === null) return null;
  return { id: chosen === other ? null : chosen };
}

async function namesIn(
  prompts: Prompts,
  zones: ZoneDirectory,
  zoneId: string,
  signal: AbortSignal,
): Promise<readonly FoundName[]> {
  const listed = await zones.names(zoneId, signal);
  if (listed.ok) return listed.value;
  prompts.note(`The records cannot be listed: ${safeText(listed.error.message, maxShown)}`);
  return [];
}

/** By app, its domains; those of which nothing is known have none. */
async function appsWithDomains(
  prompts: Prompts,
  directory: AppDirectory,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const apps = await directory.apps(signal);
  if (!apps.ok) prompts.note(`The Heroku apps cannot be listed: ${safeText(apps.error.message, maxShown)}`);
  if (!apps.ok) return new Map();
  const found = new Map<string, readonly string[]>();
  for (const app of apps.value) {
    const domains = apps.value.length > maxAppsAsked ? null : await directory.domains(app, signal);
    found.set(app, domains?.ok === true ? domains.value : []);
  }
  return found;
}

async function askHost(
  prompts: Prompts,
  names: readonly FoundName[],
  apps: ReadonlyMap<string, readonly string[]>,
): Promise<HostAnswer | null> {
  const host = await askHostName(prompts, names);
  if (host === null) return null;
  const record = names.find((name) => name.host === host);
  const from = await askSide(prompts, `What does ${host} point at now?`, sourceChoices(host, record, apps));
  if (from === null) return null;
  const targets = from.startsWith('heroku:') ? [] : appChoices(host, apps);
  const to = await askSide(prompts, `Where shall ${host} move to?`, targets);
  return to === null ? null : { host, from, to };
}

async function askHostName(prompts: Prompts, names: readonly FoundName[]): Promise<string | null> {
  if (names.length > 0) {
    const choices = names.map(({ host, type, value }) => ({
      value: host,
      label: host,
      hint: `${type} ${safeText(value, 60)}`,
    }));
    const chosen = await prompts.choose('Which host moves?', [
      ...choices,
      { value: other, label: 'another one' },
    ]);
    if (chosen !== other) return chosen;
  }
  const typed = await prompts.text('Which host moves? For example www.example.com', (answer) => {
    const name = hostName(answer);
    return name.ok ? null : name.error;
  });
  return typed === null ? null : typed.trim().toLowerCase().replace(/\.$/, '');
}

/** Apps that know the host come first, then what its record says; then the other apps. */
function sourceChoices(
  host: string,
  record: FoundName | undefined,
  apps: ReadonlyMap<string, readonly string[]>,
): readonly Choice[] {
  const side = `aws:${record?.value ?? ''}`;
  const isAws = record !== undefined && record.type !== 'A' && record.type !== 'AAAA';
  const isAlias = record !== undefined && /[a-z]/i.test(record.value);
  const standing =
    (isAws || isAlias) && parseSide(side).ok && !/\.herokudns\.com$/i.test(side)
      ? [{ value: side, label: side, hint: 'its record' }]
      : [];
  const all = appChoices(host, apps);
  const knowing = all.filter(({ hint }) => hint !== undefined);
  return [...knowing, ...standing, ...all.filter(({ hint }) => hint === undefined)];
}

function appChoices(host: string, apps: ReadonlyMap<string, readonly string[]>): readonly Choice[] {
  return [...apps].map(([app, domains]) => {
    const choice = { value: `heroku:${app}`, label: `heroku:${app}` };
    return domains.includes(host) ? { ...choice, hint: `has the domain ${host}` } : choice;
  });
}

async function askSide(
  prompts: Prompts,
  message: string,
  choices: readonly Choice[],
): Promise<string | null> {
  if (choices.length > 0) {
    const chosen = await prompts.choose(message, [
      ...choices,
      { value: other, label: 'something else', hint: 'heroku:<app> or aws:<dns name>' },
    ]);
    if (chosen !== other) return chosen;
  }
  const typed = await prompts.text(`${message} heroku:<app> or aws:<dns name>`, (answer) => {
    const side = typedSide(answer);
    return side.ok ? null : side.error;
  });
  const side = typed === null ? null : typedSide(typed);
  return side?.ok === true ? side.value : null;
}
