/** The environment of a deployment with a domain name for CloudFront. */
export const ownDomain = {
  WEB_CERTIFICATE_ARN: 'arn:aws:acm:us-east-1:123456789012:certificate/0b1c2d3e-0000-4000-8000-123456789012',
  WEB_DOMAIN: 'www.example.com',
};
