import { defineConfig } from 'vite';

// `make web` builds the app to web/dist. `npx vite web` serves it with hot reload, beside `make local`.
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  resolve: {
    alias: {
      // Without subtitles, alternative audio and DRM, which IVS does not have. This build has no types of its own.
      'hls.js': 'hls.js/light',
      react: 'preact/compat',
      'react-dom': 'preact/compat',
    },
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The strict Content-Security-Policy allows no data: URLs but images.
    assetsInlineLimit: 0,
    emptyOutDir: true,
    // The SDK for stages is one file of 700 kB, which is loaded when somebody joins a stage.
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      // On a busy computer it warns that the build is slow.
      checks: { pluginTimings: false },
      output: {
        codeSplitting: {
          // What nearly all pages use is two files, instead of one for each set of pages that shares something.
          groups: [
            {
              name: 'libraries',
              test: /node_modules\/(?:preact|wouter-preact|regexparam|@tanstack|openapi-fetch)\//,
            },
            { name: 'shared', test: /\/(?:web\/(?:data|parts|shell)|client)\/[^/]+\.tsx?$/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/v1': 'http://localhost:3000',
      // Local mode answers to its own pages only: the Host must stay that of the page.
      '/_local': { target: 'http://localhost:3000', changeOrigin: false },
    },
  },
});
