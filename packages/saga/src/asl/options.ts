import type { Condition } from './states.js';

/** What a state machine is made of beside the saga. */
export interface StateMachineOptions {
  /**
   * The ARN of the Lambda function that does the work of a step, by the step's name, and of the one that records the end, by `end`.
   * Default: a placeholder such as `${chargeFunctionArn}`, for the `DefinitionSubstitutions` of AWS SAM and CloudFormation.
   */
  readonly functionArn?: (name: string) => string;
  /** ARN of the bus over which services under a contract are asked. Default: `${eventBusArn}`. */
  readonly eventBusArn?: string;
  /** The source under which they are asked. Default: the saga's name. */
  readonly source?: string;
  /**
   * Says for an optional step when it waits, as a rule of a Choice state without its `Next`, by the step's name. The event that it is
   * decided upon is `$.start`, or `$.steps.<step>`. Default: the step's function is asked.
   */
  readonly conditions?: Readonly<Record<string, Condition>>;
}
