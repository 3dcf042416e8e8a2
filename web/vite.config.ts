import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// The binary embeds dist: index.html answers every page's address, static/ has the rest. `npm run dev` serves the source
// and passes the API on to a running server.
export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    emptyOutDir: false, // dist/.gitignore is in git; scripts/ui.sh removes the rest
    assetsDir: "static/assets",
    assetsInlineLimit: 0, // the page's policy allows no inlined files
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    sourcemap: false,
  },
  server: { host: "127.0.0.1", proxy: { "/api": process.env.THALWEG_SERVER ?? "http://127.0.0.1:8080" } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"] },
});
