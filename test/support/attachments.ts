import type { Attachments } from '../../ivs/ports.ts';

/** The ARNs that a stack would attach to new IVS resources. */
export const testAttachments: Attachments = {
  recordingConfigurationArn: 'arn:aws:ivs:us-west-2:000000000000:recording-configuration/AbCdEf123456',
  reviewHandlerArn: 'arn:aws:lambda:us-west-2:000000000000:function:moderateChat',
  reviewFallback: 'ALLOW',
  loggingConfigurationArn: 'arn:aws:ivschat:us-west-2:000000000000:logging-configuration/AbCdEf123456',
};
