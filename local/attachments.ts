import type { Attachments } from '../ivs/ports.ts';
import { LOCAL_ACCOUNT } from '../model/localEndpoint.ts';

/** The ARNs that local mode attaches to channels and chat rooms. Only the review and the chat log exist. */
export function localAttachments(stackName: string, region: string): Attachments {
  return {
    recordingConfigurationArn: `arn:aws:ivs:${region}:${LOCAL_ACCOUNT}:recording-configuration/local`,
    reviewHandlerArn: `arn:aws:lambda:${region}:${LOCAL_ACCOUNT}:function:${stackName}-moderateChat`,
    // The value of all stages in cdk.json.
    reviewFallback: 'ALLOW',
    loggingConfigurationArn: `arn:aws:ivschat:${region}:${LOCAL_ACCOUNT}:logging-configuration/local`,
  };
}
