import type { Asked } from './fake-aws.test.fixture.js';
import { lambdaOf, ofType, synthesised } from './stack.test.fixture.js';

/** A statement of a policy, as a template has it. */
export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const listOf = <TValue>(value: TValue | readonly TValue[]): readonly TValue[] =>
  Array.isArray(value) ? value : [value as TValue];

/** What a function's role allows. */
export function statementsOf(name: string): readonly Statement[] {
  const { role } = lambdaOf(name);
  return ofType(synthesised().resources, 'AWS::IAM::Policy')
    .filter(({ properties }) => JSON.stringify(properties.Roles).includes(`"${role}"`))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement);
}

/** The actions that statements allow. */
export function actionsOf(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap(({ Action }) => listOf(Action)).sort();
}

/**
 * Whether statements allow what a function asks for.
 *
 * @param logicalIds - What a resource is called in the template, by the name that the function has for it.
 */
export function allows(
  statements: readonly Statement[],
  { action, resource, key }: Asked,
  logicalIds: Readonly<Record<string, string>>,
): boolean {
  const [name = '', ...rest] = resource.split('/');
  return statements.some(({ Action, Resource: resources, Condition }) => {
    if (!listOf(Action).includes(action)) return false;
    const about = listOf(resources).some((each) => {
      const text = JSON.stringify(each);
      return text.includes(`"${logicalIds[name]}"`) && (rest[0] !== 'index' || text.includes(`/index/${rest[1]}`));
    });
    const patterns = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
    return (
      about &&
      (patterns === undefined || (key !== undefined && listOf(patterns).some((pattern) => isLike(key, pattern))))
    );
  });
}

function isLike(value: string, pattern: string): boolean {
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern;
}
