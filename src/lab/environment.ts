import type { LabSettings } from './settings.js';
import { labAccount } from './sts/get-caller-identity.js';

/** Where a lab keeps its files, and how its APIs are reached. */
export interface EnvironmentSource {
  readonly settings: LabSettings;
  readonly caFile: string;
  readonly stateDirectory: string;
}

/** The one key that the lab's Heroku API accepts. */
export const herokuApiKey = 'lab';

/**
 * The settings a process needs so that everything it does stays inside the lab.
 *
 * `AWS_ENDPOINT_URL` sends the services the lab does not have to it as well: a refusal there is better than an answer from the
 * real one. The credentials are made up; the profile files of the user are put out of sight (AWS SDKs and Tools guide,
 * "Service-specific endpoints" and "Shared config and credentials files").
 */
export function labEnvironment({
  settings,
  caFile,
  stateDirectory,
}: EnvironmentSource): Record<string, string> {
  const { addresses, apiPort, dnsPort } = settings;
  const route53 = `http://${addresses.route53Api}:${apiPort}`;
  return {
    AWS_ENDPOINT_URL: route53,
    AWS_ENDPOINT_URL_ROUTE_53: route53,
    AWS_ENDPOINT_URL_STS: route53,
    AWS_ENDPOINT_URL_CLOUDWATCH: `http://${addresses.cloudWatchApi}:${apiPort}`,
    AWS_ACCESS_KEY_ID: 'AKIALABLABLABLABLAB0',
    AWS_SECRET_ACCESS_KEY: 'lab-secret-key-that-opens-nothing-anywhere',
    AWS_ACCOUNT_ID: labAccount,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_PAGER: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    HEROKU_HOST: `http://${addresses.herokuApi}:${apiPort}`,
    HEROKU_API_KEY: herokuApiKey,
    HEROKU_STATUS_URL: `http://${addresses.herokuApi}:${apiPort}`,
    SHIFT_RESOLVER: `${addresses.resolver}:${dnsPort}`,
    SHIFT_DNS_PORT: String(dnsPort),
    SHIFT_CA_FILE: caFile,
    SHIFT_STATE_DIR: stateDirectory,
    SHIFT_CONFIG: '/dev/null',
    SHIFT_LAB: '1',
  };
}

/** Variables of the user's environment that would lead out of the lab, or past it; unset in a lab's shell. */
export const leadingOut: readonly string[] = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'HEROKU_HTTP_PROXY_HOST',
];

export type Shell = 'bash' | 'zsh' | 'sh';

/** What a second terminal needs of a running lab. */
export interface ShellSource {
  readonly environment: Readonly<Record<string, string>>;
  /** Holds the commands `shift` and `shiftctl`. */
  readonly commandsDirectory: string;
}

/**
 * Shell text that moves the current shell into the lab when it is evaluated; evaluating it twice does no harm.
 *
 * `aws` becomes a function, because the aws of some distributions knows no endpoint variables; whichever of the lab's services is
 * named first says where it goes. It runs in a subshell, which leaves no variable behind. An alias of that name would hide it, and
 * zsh would expand it in the definition but for the keyword `function`, which plain sh does not have.
 */
export function shellEnvironment({ environment, commandsDirectory }: ShellSource, shell: Shell): string {
  const directory = quote(commandsDirectory);
  const awsAt = (endpoint: string): string =>
    `command aws --endpoint-url ${quote(environment[endpoint] ?? '')} "$@"`;
  const define = shell === 'sh' ? 'aws()' : 'function aws';
  return [
    `unset ${leadingOut.join(' ')}`,
    'unalias aws 2>/dev/null || :',
    ...Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}`),
    `case ":$PATH:" in *:${directory}:*) ;; *) export PATH=${directory}":$PATH" ;; esac`,
    `${define} { (`,
    '  for word in "$@"; do',
    '    case $word in',
    '      route53) break ;;',
    `      cloudwatch) ${awsAt('AWS_ENDPOINT_URL_CLOUDWATCH')}; exit ;;`,
    '    esac',
    '  done',
    `  ${awsAt('AWS_ENDPOINT_URL_ROUTE_53')}`,
    '); }',
    '',
  ].join('\n');
}

/** One word for every POSIX shell, whatever is in it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
