import { normaliseName } from '../zone/name.js';
import { refusal } from '../zone/refusal.js';
import type { Refusal } from '../zone/refusal.js';
import { readChangeRequest } from './change-request.js';
import { evaluate, readPolicy } from './iam-policy.js';
import type { PolicyDocument, PolicyQuestion } from './iam-policy.js';
import { RefusedRequest } from './xml.js';

/** Policy documents as JSON, for each access key that has any. A key that is not named may do everything. */
export type Permissions = Readonly<Record<string, readonly string[]>>;

/** A call whose caller and action are known. */
export interface AuthorizedCall {
  readonly accessKeyId: string;
  readonly action: string;
  /** Below the endpoint, for instance `/2013-04-01/hostedzone/Z1/rrset`. */
  readonly pathname: string;
  /** The id in the path, empty where it has none. */
  readonly id: string;
  readonly body: string;
}

/** What callers may do. */
export class AccessControl {
  readonly #policies: ReadonlyMap<string, readonly PolicyDocument[]>;

  /** Throws a RangeError for a policy that cannot be evaluated. */
  constructor(permissions: Permissions) {
    this.#policies = new Map(
      Object.entries(permissions).map(([key, documents]) => [
        key,
        documents.map((document) => readPolicy(document)),
      ]),
    );
  }

  /** Why a call is not allowed; undefined when it is. */
  refuses(call: AuthorizedCall): Refusal | undefined {
    const policies = this.#policies.get(call.accessKeyId);
    if (policies === undefined) return undefined;
    const question = questionOf(call);
    // What is no batch is refused for that, whatever the caller may do.
    if (question === undefined) return undefined;
    const answer = evaluate(policies, question);
    return answer === 'allowed' ? undefined : accessDenied(question, answer === 'explicitly-denied');
  }
}

/** The text is the one AWS has answered with since it names the type of policy (IAM User Guide, "Troubleshoot access denied error messages"). */
function accessDenied({ action, resource }: PolicyQuestion, isExplicit: boolean): Refusal {
  const on = resource === '*' ? '' : ` on resource: ${resource}`;
  const because = isExplicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${action} action`;
  const user = 'arn:aws:iam::000000000000:user/lab';
  const text = `User: ${user} is not authorized to perform: ${action}${on} ${because}`;
  return refusal('AccessDenied', 403, text);
}

function questionOf(call: AuthorizedCall): PolicyQuestion | undefined {
  const context = call.action === 'ChangeResourceRecordSets' ? changeContext(call.body) : new Map();
  if (context === undefined) return undefined;
  return { action: `route53:${call.action}`, resource: resourceOf(call), context };
}

/** The types of resources that Route 53 knows in policies; a call that names none is asked about `*`. */
function resourceOf({ pathname, id }: AuthorizedCall): string {
  const type = /\/(hostedzone|change|healthcheck)\/[^/]/.exec(pathname)?.[1];
  return type === undefined ? '*' : `arn:aws:route53:::${type}/${id}`;
}

/**
 * The condition keys of a batch (Route 53 Developer Guide, "Using IAM policy conditions for fine-grained access control"): names in
 * lower case, with octal escapes and without the final dot; types and actions in upper case.
 */
function changeContext(body: string): Map<string, readonly string[]> | undefined {
  try {
    const { changes } = readChangeRequest(body);
    const key = (name: string): string => `route53:changeresourcerecordsets${name}`;
    return new Map([
      [key('normalizedrecordnames'), changes.map(({ record }) => nameOf(record.name))],
      [key('recordtypes'), changes.map(({ record }) => record.type.toUpperCase())],
      [key('actions'), changes.map(({ action }) => action.toUpperCase())],
    ]);
  } catch (error) {
    if (error instanceof RefusedRequest) return undefined;
    throw error;
  }
}

function nameOf(sent: string): string {
  const reading = normaliseName(sent);
  return reading.kind === 'name' ? reading.name.replace(/\.$/, '') : sent;
}
