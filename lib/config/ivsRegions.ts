/**
 * The Regions that have Amazon IVS. Viewers in every country can watch their streams.
 * https://docs.aws.amazon.com/general/latest/gr/ivs.html
 */
export const ivsRegions: readonly string[] = [
  'us-east-1',
  'us-west-2',
  'eu-central-1',
  'eu-west-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-south-1',
];
