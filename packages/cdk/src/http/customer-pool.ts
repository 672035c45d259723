import { InvalidArgumentError } from '@everfold/core';
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { Duration, Fn, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { JwtProps } from './http-routes.js';

export interface CustomerPoolProps {
  /** `DESTROY` for a stack to try things on. Default: the pool is kept, whatever becomes of the stack. */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY;
  /**
   * Scopes of those who work here, each a resource and a name, such as `orders/staff`. They go to a client of the back office with
   * a secret, and to no customer: a client's scopes go to whoever signs in with it. Default: none, and no such client.
   */
  readonly staffScopes?: readonly string[];
}

/** What the back office signs in with. */
export interface BackOffice {
  readonly client: UserPoolClient;
  /** Where it gets its tokens, by `client_credentials`. */
  readonly tokenUrl: string;
}

const TOKEN_VALIDITY = Duration.hours(1);

/**
 * The customers of a service, in an Amazon Cognito user pool: they sign up with an e-mail address and a password of 12 characters and
 * more of all kinds, and may add a second factor by an app. The app's client has no secret, because an app could not keep one; it
 * proves the password without sending it (SRP), and whoever administers the pool may sign in as a user to try things.
 */
export class CustomerPool extends Construct {
  readonly pool: UserPool;
  /** The client of the customers' app. */
  readonly client: UserPoolClient;
  /** Set where there are scopes of staff. */
  readonly backOffice?: BackOffice;
  /** Takes the tokens of both clients. */
  readonly jwt: JwtProps;

  constructor(scope: Construct, id: string, props: CustomerPoolProps = {}) {
    super(scope, id);
    const { removalPolicy = RemovalPolicy.RETAIN, staffScopes = [] } = props;
    this.pool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
      removalPolicy,
    });
    acknowledge(this.pool);
    this.client = this.pool.addClient('App', {
      authFlows: { userSrp: true, adminUserPassword: true },
      disableOAuth: true,
      preventUserExistenceErrors: true,
      accessTokenValidity: TOKEN_VALIDITY,
    });
    const backOffice = staffScopes.length > 0 ? addBackOffice(this.pool, staffScopes) : undefined;
    if (backOffice) this.backOffice = backOffice;
    this.jwt = {
      // Source: Amazon Cognito Developer Guide, "Understanding the access token", iss.
      issuer: `https://cognito-idp.${Stack.of(this).region}.amazonaws.com/${this.pool.userPoolId}`,
      audience: [this.client, ...(backOffice ? [backOffice.client] : [])].map(
        ({ userPoolClientId }) => userPoolClientId,
      ),
    };
  }
}

function addBackOffice(pool: UserPool, staffScopes: readonly string[]): BackOffice {
  const parts = staffScopes.map(partsOf);
  const scopes = [...new Set(parts.map(([resource]) => resource))].flatMap((resource) => {
    const own = parts
      .filter(([of]) => of === resource)
      .map(([, scopeName]) => new ResourceServerScope({ scopeName, scopeDescription: 'For staff' }));
    const server = pool.addResourceServer(resource, { identifier: resource, scopes: own });
    return own.map((each) => OAuthScope.resourceServer(server, each));
  });
  const client = pool.addClient('BackOffice', {
    generateSecret: true,
    oAuth: { flows: { clientCredentials: true }, scopes },
    accessTokenValidity: TOKEN_VALIDITY,
  });
  // The prefix has to be the only one in its Region: the last part of the stack's ARN is.
  const unique = Fn.select(2, Fn.split('/', Stack.of(pool).stackId));
  const domain = pool.addDomain('Domain', { cognitoDomain: { domainPrefix: Fn.join('-', ['office', unique]) } });
  return { client, tokenUrl: `${domain.baseUrl()}/oauth2/token` };
}

function partsOf(scope: string): readonly [resource: string, name: string] {
  const [, resource, name] = /^(.+)\/([^/]+)$/.exec(scope) ?? [];
  if (resource !== undefined && name !== undefined) return [resource, name];
  throw new InvalidArgumentError(
    `"${scope}" is no scope of a resource. Write the resource, "/" and a name, such as orders/staff.`,
  );
}

function acknowledge(pool: UserPool): void {
  Validations.of(pool).acknowledge(
    {
      id: 'AwsSolutions-COG2',
      reason:
        'Customers of a shop choose whether they want a second factor; what works on every order is a client, not a person.',
    },
    {
      id: 'AwsSolutions-COG8',
      reason:
        'Threat protection is priced for each user who signs in in a month: whoever needs it sets the plan on "pool".',
    },
  );
}
