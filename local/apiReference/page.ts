/** The path of the page. The paths of its files begin with it. */
const PAGE_PATH = '/docs';

const DOCUMENT_PATH = '/v1/openapi.json';
const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

interface File {
  readonly contentType: string;
  readonly body: string;
}

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>API reference</title>
    <link rel="icon" type="image/png" href="${PAGE_PATH}/favicon-32x32.png">
    <link rel="stylesheet" href="${PAGE_PATH}/swagger-ui.css">
  </head>
  <body>
    <div id="reference"></div>
    <script src="${PAGE_PATH}/swagger-ui-bundle.js"></script>
    <script src="${PAGE_PATH}/start.js"></script>
  </body>
</html>
`;

// Without `validatorUrl: null` the page would send the document to a validator on the Internet.
const start = `SwaggerUIBundle({
  url: '${DOCUMENT_PATH}',
  dom_id: '#reference',
  deepLinking: true,
  validatorUrl: null,
});
`;

/** The files whose content is in this file, by path. */
export const ownFiles: ReadonlyMap<string, File> = new Map([
  [PAGE_PATH, { contentType: HTML, body: page }],
  [`${PAGE_PATH}/start.js`, { contentType: SCRIPT, body: start }],
]);

/** The served files of `swagger-ui-dist`, by path. No other file can be requested. */
export const packageFiles: ReadonlyMap<string, { readonly contentType: string; readonly name: string }> =
  new Map([
    [`${PAGE_PATH}/swagger-ui.css`, { contentType: CSS, name: 'swagger-ui.css' }],
    [`${PAGE_PATH}/swagger-ui-bundle.js`, { contentType: SCRIPT, name: 'swagger-ui-bundle.js' }],
    [`${PAGE_PATH}/favicon-32x32.png`, { contentType: 'image/png', name: 'favicon-32x32.png' }],
  ]);
