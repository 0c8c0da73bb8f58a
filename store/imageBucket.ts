import { createHash, createHmac } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { IMAGES_BUCKET_VARIABLE } from '../model/functionEnvironment.ts';
import { requiredVariable } from '../model/variables.ts';
import type { Database } from './database.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A form that a browser posts, with the file as the last field `file`. */
export interface UploadForm {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The only values that S3 accepts with a form. */
export interface UploadPolicy {
  readonly key: string;
  readonly contentType: string;
  readonly maxBytes: number;
  readonly expiresAt: string;
}

/** The bucket of images. Keys below `uploads/` are not public and expire; keys below `images/` are public. */
export interface ImageBucket {
  /** Signs a form for one upload. No request. */
  signUpload(policy: UploadPolicy, now: Date): Promise<UploadForm>;
  /** Reads an object, or undefined when there is none. One request. */
  get(key: string): Promise<Buffer | undefined>;
  put(key: string, contentType: string, bytes: Buffer): Promise<void>;
  /** Deletes an object, if it exists. */
  delete(key: string): Promise<void>;
}

const ATTEMPTS = 3;
const TIMEOUT_MS = 5_000;

/**
 * Returns the bucket in `IMAGES_BUCKET`, over signed HTTP: S3's client would be as large as the rest of a function. It
 * uses the SDK's order of endpoints (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`, otherwise AWS).
 *
 * @param credentials the SDK's, which Lambda and ECS set
 */
export function imageBucket(environment: Environment, credentials: () => Promise<Credentials>): ImageBucket {
  const region = requiredVariable(environment, 'AWS_REGION');
  const bucket = requiredVariable(environment, IMAGES_BUCKET_VARIABLE);
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] || environment['AWS_ENDPOINT_URL'];
  const url = endpoint
    ? `${endpoint.replace(/\/$/, '')}/${bucket}`
    : `https://${bucket}.s3.${region}.amazonaws.com`;
  const send = async (method: string, key: string, body?: Buffer, headers: Record<string, string> = {}) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    const client = new AwsClient({
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      service: 's3',
      region,
      retries: ATTEMPTS - 1,
    });
    const response = await client.fetch(`${url}/${key}`, {
      method,
      headers: { ...headers, 'x-amz-content-sha256': sha256(body ?? '') },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.ok) return bytes;
    // S3 answers 403 for a missing object, because the role may not list the bucket.
    if (response.status === 404 || (method === 'GET' && response.status === 403)) return undefined;
    throw new Error(`S3 answered ${method} ${key} with ${response.status}`);
  };
  return {
    signUpload: async (policy, now) => ({
      url,
      fields: signForm(await credentials(), region, bucket, policy, now),
    }),
    get: key => send('GET', key),
    put: async (key, contentType, bytes) => {
      const headers = { 'content-type': contentType, 'cache-control': 'public, max-age=86400, immutable' };
      if ((await send('PUT', key, bytes, headers)) === undefined)
        throw new Error(`the bucket ${bucket} does not exist`);
    },
    delete: async key => void (await send('DELETE', key)),
  };
}

/** Returns the bucket, with the credentials of the database's client. */
export function imageBucketFrom(environment: Environment, { client }: Database<never>): ImageBucket {
  return imageBucket(environment, () => client.config.credentials());
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html */
function signForm(
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  region: string,
  bucket: string,
  { key, contentType, maxBytes, expiresAt }: UploadPolicy,
  now: Date,
): Record<string, string> {
  const time = `${now.toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const scope = [time.slice(0, 8), region, 's3', 'aws4_request'];
  const fields = {
    key,
    'Content-Type': contentType,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': [accessKeyId, ...scope].join('/'),
    'X-Amz-Date': time,
    ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
  };
  const conditions = [
    { bucket },
    ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
    ['content-length-range', 1, maxBytes],
  ];
  const policy = Buffer.from(JSON.stringify({ expiration: expiresAt, conditions })).toString('base64');
  return {
    ...fields,
    Policy: policy,
    'X-Amz-Signature': signatureOf(secretAccessKey, scope, policy),
  };
}

/** Returns the signature of a policy. `scope` is the date, the Region and the service. */
export function signatureOf(secretAccessKey: string, scope: readonly string[], policy: string): string {
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, policy).toString('hex');
}

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
