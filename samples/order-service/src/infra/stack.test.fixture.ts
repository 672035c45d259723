import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionDefinition } from '@everfold/core';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { functions } from '../functions.js';
import { OrderServiceStack } from './order-service-stack.js';

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  // What is in it depends on the type; a test says what it expects.
  // biome-ignore lint/suspicious/noExplicitAny: the edge where JSON becomes what a test expects
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

/** The service's stack, synthesised as `cdk synth` does it, with its bundles from source. */
function synthesise() {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'));
  // The rules that CDK has for every template are for the command line: they take longer than all the tests.
  process.env.CDK_VALIDATION = 'false';
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'everfold-cdk-')), context });
  const stack = new OrderServiceStack(app, 'OrderService', {
    conditions: ['@everfold/source'],
    alarmEmail: 'ada@example.com',
    corsOrigins: 'https://shop.example.com, http://127.0.0.1:5173',
  });
  const template = Template.fromStack(stack);
  const resources: Readonly<Record<string, Resource>> = template.toJSON().Resources;
  return { app, stack, template, resources, service: stack.service };
}

/** Resources of a type, each with its logical id. */
export function ofType(resources: Readonly<Record<string, Resource>>, type: string) {
  return Object.entries(resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Properties }]) => ({ id, properties: Properties }));
}

/** A busy machine bundles all functions in this time. */
export const SLOW_MS = 180_000;

let made: ReturnType<typeof synthesise> | undefined;

/** The stack, made once for all tests. */
export function synthesised() {
  made ??= synthesise();
  return made;
}

/** The logical id that a resource refers to. */
export const referred = (value: unknown) => /"(?:Ref|Fn::GetAtt)":\[?"(\w+)"/.exec(JSON.stringify(value))?.[1] ?? '';

/** A function as it is in the template. */
export function lambdaOf(name: string) {
  const { resources, stack, service } = synthesised();
  const deployed = service.functions.find(({ definition }) => definition.name === name);
  const id = referred(stack.resolve(deployed?.function.lambda.functionArn));
  const properties = resources[id]?.Properties;
  return { id, properties, role: referred(properties?.Role) };
}

/** What a function takes its events from. */
export function mappingOf(name: string) {
  const { id } = lambdaOf(name);
  return ofType(synthesised().resources, 'AWS::Lambda::EventSourceMapping').find(
    ({ properties }) => referred(properties.FunctionName) === id,
  )?.properties;
}

/** The rule that fills the queue of a function. */
export function ruleOf(name: string) {
  const queue = referred(mappingOf(name)?.EventSourceArn);
  return ofType(synthesised().resources, 'AWS::Events::Rule').find(
    ({ properties }) => referred(properties.Targets[0].Arn) === queue,
  );
}

/** The queues that a rule may send to. */
export function reachedBy(ruleId: string): string[] {
  return ofType(synthesised().resources, 'AWS::SQS::QueuePolicy')
    .filter(({ properties }) => JSON.stringify(properties.PolicyDocument).includes(`"${ruleId}"`))
    .flatMap(({ properties }) => properties.Queues.map(referred));
}

/** The functions of a kind of trigger. */
export const named = (kind: FunctionDefinition['trigger']['kind']) =>
  functions.filter(({ trigger }) => trigger.kind === kind);
