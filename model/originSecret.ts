/**
 * The header in which CloudFront proves to the API that a request came through it. CloudFront replaces a header of
 * this name that a viewer sends.
 */
export const ORIGIN_SECRET_HEADER = 'X-Origin-Secret';

/**
 * The header in which CloudFront states who sent it a request: address, colon, port. IPv6 addresses have no
 * brackets. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
 */
export const VIEWER_ADDRESS_HEADER = 'CloudFront-Viewer-Address';
