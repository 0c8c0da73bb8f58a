import { createServer } from 'node:http';
import { type AwsRequest, readRequest, sendReply } from '../../local/awsEndpoint/http.ts';
import { type ObjectStore, objectStore } from '../../local/awsEndpoint/objectStore.ts';
import { s3Service } from '../../local/awsEndpoint/s3.ts';
import { LOOPBACK } from '../../local/dynamo/engine.ts';
import { nullStateStore } from '../../local/stateStore.ts';
import { type ImageBucket, imageBucket } from '../../store/imageBucket.ts';

/** A bucket whose objects are asked for by no test. */
export const unusedBucket: Pick<ImageBucket, 'delete'> = {
  delete: key => Promise.reject(new Error(`no test expects ${key} in the bucket`)),
};

export interface TestImages {
  readonly bucket: ImageBucket;
  readonly endpoint: string;
  /** The keys in the bucket, in order. */
  keys(): string[];
  readonly objects: ObjectStore;
  stop(): Promise<void>;
}

const BUCKET = 'test-images';
const credentials = { accessKeyId: 'test', secretAccessKey: 'secret', sessionToken: 'session' };

/** Local mode's bucket on a free port of loopback, and a client for it. */
export async function startImages(clock: () => Date): Promise<TestImages> {
  const all = new Set<string>();
  const store = objectStore(nullStateStore);
  const objects: ObjectStore = {
    get: store.get,
    put: (key, object) => {
      store.put(key, object);
      all.add(key);
    },
    delete: key => {
      store.delete(key);
      all.delete(key);
    },
  };
  const s3 = s3Service({ bucket: BUCKET, objects, secretAccessKey: credentials.secretAccessKey, clock });
  const answer = async (request: AwsRequest) => s3(request);
  const server = createServer((message, response) => {
    readRequest(message)
      .then(answer)
      .then(
        reply => sendReply(response, reply),
        (error: unknown) => sendReply(response, { status: 500, body: String(error) }),
      );
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>(resolve => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no TCP port');
  const endpoint = `http://${LOOPBACK}:${address.port}`;
  const environment = { AWS_REGION: 'us-west-2', IMAGES_BUCKET: BUCKET, AWS_ENDPOINT_URL_S3: endpoint };
  return {
    bucket: imageBucket(environment, async () => credentials),
    endpoint,
    objects,
    keys: () => [...all].sort(),
    stop: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
