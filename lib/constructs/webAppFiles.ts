import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct, type IConstruct } from 'constructs';
import { HASHED_FILES, webAppCaching } from '../../model/webApp.ts';
import { webAppAsset } from '../bundling/webAppAsset.ts';
import type { StageSettings } from '../config/stageSettings.ts';
import { logGroup } from './logs.ts';
import { suppressNag, suppressNagWildcard } from './nagSuppressions.ts';
import type { PrivateBucket } from './privateBucket.ts';

export interface WebAppFilesProps {
  readonly bucket: PrivateBucket;
  readonly settings: StageSettings;
  /** What is deployed before the pages. */
  readonly api: IConstruct;
}

/** The hashed files, as a pattern of the AWS CLI. */
const hashed = `${HASHED_FILES.slice(1)}*`;

/**
 * The files of the web app in their bucket.
 *
 * A viewer never gets a mix of two versions. The hashed files of a new version are uploaded first, then the pages that
 * name them. Files of earlier versions are never deleted: a page that was opened before the deployment still loads
 * them, and a rollback needs them again. Their names differ, because they contain hashes.
 */
export class WebAppFiles extends Construct {
  constructor(scope: Construct, id: string, { bucket, settings, api }: WebAppFilesProps) {
    super(scope, id);
    const asset = webAppAsset(this, 'Asset');
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logs = logGroup(this, 'Logs', settings);
    logs.grantWrite(role);
    // CDK's own grants also allow deleting, and reading everything in both buckets.
    const read = asset.bucket.arnForObjects('*');
    const write = bucket.arnForObjects('*');
    role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: [read] }));
    role.addToPolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [write] }));
    role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
    suppressNagWildcard(role, read, 'A rollback uploads the files of an earlier deployment again.');
    suppressNagWildcard(role, write, 'The names of the files contain hashes, so they are not known before.');
    const upload = (name: string, cacheControl: string, files: { include?: string[]; exclude: string[] }) =>
      new BucketDeployment(this, name, {
        sources: [Source.bucket(asset.bucket, asset.s3ObjectKey)],
        destinationBucket: bucket,
        role: role.withoutPolicyUpdates(),
        logGroup: logs,
        prune: false,
        outputObjectKeys: false,
        cacheControl: [CacheControl.fromString(cacheControl)],
        ...files,
      });
    const assets = upload('Assets', webAppCaching.hashed, { exclude: ['*'], include: [hashed] });
    const pages = upload('Pages', webAppCaching.others, { exclude: [hashed] });
    assets.node.addDependency(role);
    pages.node.addDependency(assets, api);
    // Both deployments use one function, which has the layer of the first.
    pages.node.tryRemoveChild('AwsCliLayer');
    suppressNag(
      uploader(this),
      'AwsSolutions-L1',
      'CDK chooses the runtime of its function, and updates it with its versions.',
    );
  }
}

/** The function that CDK adds to a stack for all its bucket deployments. */
function uploader(scope: Construct): IConstruct {
  const found = Stack.of(scope).node.children.find(({ node }) =>
    node.id.startsWith('Custom::CDKBucketDeployment'),
  );
  if (found === undefined) throw new Error('the stack has no function for bucket deployments');
  return found;
}
