/** An identity-based policy as far as the lab can evaluate one; anything else in it is an error, never ignored. */
export interface PolicyDocument {
  readonly statements: readonly PolicyStatement[];
}

interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly operator: 'StringEquals' | 'StringLike';
  /** Whether every value of the request must be among those of the policy; without it the request has one value. */
  readonly forAllValues: boolean;
  readonly key: string;
  readonly values: readonly string[];
}

/** What is asked of a policy: the action, the resource's ARN and the values of condition keys, keys in lower case. */
export interface PolicyQuestion {
  readonly action: string;
  readonly resource: string;
  readonly context: ReadonlyMap<string, readonly string[]>;
}

export type PolicyAnswer = 'allowed' | 'explicitly-denied' | 'not-allowed';

/** Reads a policy document. Throws a RangeError for elements and operators that this evaluation does not know. */
export function readPolicy(json: string): PolicyDocument {
  const document = objectOf(JSON.parse(json), 'a policy');
  checkKeys(document, ['Version', 'Id', 'Statement']);
  if (document['Version'] !== '2012-10-17') throw new RangeError('a policy has the Version 2012-10-17');
  return { statements: listOf(document['Statement']).map(readStatement) };
}

/**
 * Allowed by one statement at least and denied by none (IAM User Guide, "Policy evaluation logic").
 */
export function evaluate(policies: readonly PolicyDocument[], question: PolicyQuestion): PolicyAnswer {
  const applying = policies
    .flatMap(({ statements }) => statements)
    .filter((statement) => applies(statement, question));
  if (applying.some(({ effect }) => effect === 'Deny')) return 'explicitly-denied';
  return applying.length > 0 ? 'allowed' : 'not-allowed';
}

function applies(statement: PolicyStatement, { action, resource, context }: PolicyQuestion): boolean {
  // Names of actions are compared without regard to case, resources with it (IAM JSON policy elements reference).
  return (
    statement.actions.some((pattern) => isLike(pattern.toLowerCase(), action.toLowerCase())) &&
    statement.resources.some((pattern) => isLike(pattern, resource)) &&
    statement.conditions.every((condition) => holds(condition, context.get(condition.key.toLowerCase())))
  );
}

/** `ForAllValues` is true without a value; a plain condition is not (IAM User Guide, "Set operators for multivalued context keys"). */
function holds({ operator, forAllValues, values }: Condition, given: readonly string[] | undefined): boolean {
  const found = given ?? [];
  const matches = (value: string): boolean =>
    values.some((wanted) => (operator === 'StringEquals' ? wanted === value : isLike(wanted, value)));
  return forAllValues ? found.every(matches) : found.length === 1 && found.every(matches);
}

/** `*` is any run of characters, `?` any one. */
function isLike(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text);
}

function readStatement(element: unknown): PolicyStatement {
  const statement = objectOf(element, 'a statement');
  checkKeys(statement, ['Sid', 'Effect', 'Action', 'Resource', 'Condition']);
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw new RangeError('Effect is Allow or Deny');
  return {
    effect,
    actions: texts(statement['Action'], 'Action'),
    resources: texts(statement['Resource'], 'Resource'),
    conditions: Object.entries(objectOf(statement['Condition'] ?? {}, 'Condition')).flatMap(readCondition),
  };
}

function readCondition([name, keys]: [string, unknown]): Condition[] {
  const [, set, operator] = /^(ForAllValues:)?(StringEquals|StringLike)$/.exec(name) ?? [];
  if (operator !== 'StringEquals' && operator !== 'StringLike')
    throw new RangeError(`the lab does not evaluate the condition operator ${name}`);
  return Object.entries(objectOf(keys, name)).map(([key, values]) => ({
    operator,
    forAllValues: set !== undefined,
    key,
    values: texts(values, key),
  }));
}

function texts(element: unknown, name: string): readonly string[] {
  const list = listOf(element);
  if (list.length === 0 || !list.every((text): text is string => typeof text === 'string'))
    throw new RangeError(`${name} holds one text or several`);
  return list;
}

function listOf(element: unknown): readonly unknown[] {
  if (element === undefined) return [];
  return Array.isArray(element) ? element : [element];
}

function objectOf(element: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof element !== 'object' || element === null || Array.isArray(element))
    throw new RangeError(`${name} is an object`);
  return element as Readonly<Record<string, unknown>>;
}

function checkKeys(element: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const strange = Object.keys(element).find((key) => !known.includes(key));
  if (strange !== undefined) throw new RangeError(`the lab does not evaluate the policy element ${strange}`);
}
