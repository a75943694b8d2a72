// Bundles the pages into the folder that the service serves them from: node build.js FOLDER
import { copyFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const folder = process.argv[2];
if (!folder) throw new Error("Say where to put the pages: node build.js FOLDER");

const settings = {
  outdir: folder,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "linked",
  loader: { ".ttf": "file" },
  assetNames: "[name]",
  logLevel: "warning",
};

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await Promise.all([
  build({ ...settings, entryPoints: ["graphiql.js", "docs.js"] }),
  build({
    ...settings,
    entryPoints: {
      "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
      "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
      "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    },
  }),
  ...["graphiql.html", "docs.html", "page.css", "icon.svg"].map((name) => copyFile(name, join(folder, name))),
]);
