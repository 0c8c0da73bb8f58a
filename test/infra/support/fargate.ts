/** The environment of a deployment in containers. */
export const fargate = {
  COMPUTE: 'fargate',
  CERTIFICATE_ARN: 'arn:aws:acm:us-west-2:123456789012:certificate/0b1c2d3e-0000-4000-8000-123456789012',
  API_DOMAIN: 'api.example.com',
};
