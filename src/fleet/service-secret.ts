import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as ssm from 'aws-cdk-lib/aws-ssm';

/**
 * A secret that the machine reads when it starts, and once a day, and puts into the environment of containers. Only its ARN travels;
 * the machines may read exactly this one.
 */
export class ServiceSecret {
  /** A secret of Secrets Manager: its whole text, or one field of its JSON. Its own key may decrypt it, if it has one. */
  public static fromSecretsManager(secret: secretsmanager.ISecret, field?: string): ServiceSecret {
    return new ServiceSecret(
      'secretsmanager',
      // As ECS writes it: the field, then version stage and id, which are the current ones.
      field === undefined ? secret.secretArn : `${secret.secretArn}:${field}::`,
      // Six characters follow the name, which only AWS knows.
      secret.secretFullArn ?? `${secret.secretArn}-??????`,
      field,
      secret.encryptionKey,
    );
  }

  /** A parameter of the Parameter Store, a SecureString preferably: its whole value. */
  public static fromSsmParameter(parameter: ssm.IParameter, encryptionKey?: kms.IKey): ServiceSecret {
    return new ServiceSecret('ssm', parameter.parameterArn, parameter.parameterArn, undefined, encryptionKey);
  }

  private constructor(
    /** @internal */
    public readonly _store: string,
    /** What the machine asks for. @internal */
    public readonly _arn: string,
    /** What its policy allows. @internal */
    public readonly _resource: string,
    /** @internal */
    public readonly _field: string | undefined,
    /** @internal */
    public readonly _encryptionKey: kms.IKey | undefined,
  ) {}
}
