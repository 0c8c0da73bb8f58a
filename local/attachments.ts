import type { Attachments } from '../ivs/ports.ts';
import { LOCAL_ACCOUNT } from '../model/localEndpoint.ts';

/** What the stack attaches to channels and chat rooms, in local mode: nothing but names. */
export function localAttachments(stackName: string, region: string): Attachments {
  return {
    recordingConfigurationArn: `arn:aws:ivs:${region}:${LOCAL_ACCOUNT}:recording-configuration/local`,
    reviewHandlerArn: `arn:aws:lambda:${region}:${LOCAL_ACCOUNT}:function:${stackName}-moderateChat`,
    // What the stages of cdk.json have.
    reviewFallback: 'ALLOW',
    loggingConfigurationArn: `arn:aws:ivschat:${region}:${LOCAL_ACCOUNT}:logging-configuration/local`,
  };
}
