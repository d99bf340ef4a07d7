import { defineConfig } from 'vitest/config'
import { weight } from './weight.ts'

// The page is served under a strict Content-Security-Policy (`default-src 'self'`): nothing may be inlined,
// neither assets as data: addresses nor a polyfill for preloading, which browsers of the target do not need.
export default defineConfig({
  plugins: [weight('index.html')],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: true,
    chunkSizeWarningLimit: 1700, // kB: the viewer of the contract comes as one file
    // Two pages: the product's, and the contract's at /docs/api.
    rolldownOptions: { input: ['index.html', 'reference.html'] },
  },
  server: {
    proxy: { '/api': process.env.TIENDO_URL ?? 'http://127.0.0.1:8080' },
  },
  test: {
    // Every test runs west and east of Greenwich: a date that is right in one zone only is wrong.
    projects: ['America/Los_Angeles', 'Asia/Ho_Chi_Minh'].map(zone => ({
      test: {
        name: zone,
        environment: 'happy-dom',
        include: ['src/**/*.test.{ts,tsx}'],
        setupFiles: ['src/testing/setup.ts'],
        restoreMocks: true,
        pool: 'forks',
        env: { TZ: zone },
      },
    })),
  },
})
